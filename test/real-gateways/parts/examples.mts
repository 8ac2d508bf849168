/** What the examples render for agentgateway. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { agentgatewayConfig } from '../../../gateway/agentgateway/config.js';
import type { GatewayFile } from '../../../gateway/contract.js';
import { GATEWAY_CONTRACTS } from '../../../gateway/index.js';
import { loadEnclave } from '../../../site/load-enclave.js';
import { loadSite } from '../../../site/load-site.js';
import { gatewayPolicy } from '../../../blueprint/gateway-policy.js';
import { PATHS } from '../../../gateway/policy.js';
import { ROOT } from '../../harness/paths.mjs';
import { Faults } from '../../../site/checks/faults.js';

const { agentgateway } = GATEWAY_CONTRACTS;

export interface ExampleConfig {
  /** Name of the example. */
  readonly name: string;
  readonly config: unknown;
  /** What it reads beside its configuration. */
  readonly files: readonly GatewayFile[];
}

/**
 * By name of the example; those without a gateway are left out.
 *
 * @param budgets whether to leave budgets in
 */
export async function exampleConfigs(budgets: boolean): Promise<ExampleConfig[]> {
  const found: ExampleConfig[] = [];
  for (const name of (await readdir(path.join(ROOT, 'examples'), { withFileTypes: true })).filter((one) =>
    one.isDirectory(),
  )) {
    const file = (what: string): string => path.join(ROOT, 'examples', name.name, what);
    const site = await loadSite(file('site.yaml'));
    if (site.gateway?.software !== 'agentgateway') continue;
    const faults = new Faults();
    const policy = gatewayPolicy(
      site,
      await loadEnclave(file('enclave.yaml')),
      () => ({ httpPaths: Object.values(PATHS), limits: { why: 'all are served', fix: 'none' } }),
      { traces: { host: 'collector.example', port: 4318, contents: true }, faults },
    );
    faults.throwAll();
    const keys = budgets ? policy.keys : policy.keys.map((key) => ({ ...key, budgets: [] }));
    const { files } = agentgateway.contract({ ...policy, keys });
    found.push({ name: name.name, config: agentgatewayConfig({ ...policy, keys }), files });
  }
  return found;
}
