/** What the examples render for agentgateway. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { agentgatewayConfig } from '../../../gateway/agentgateway/config.js';
import { loadEnclave } from '../../../site/load-enclave.js';
import { loadSite } from '../../../site/load-site.js';
import { gatewayPolicy } from '../../../stacks/gateway-policy.js';
import { PATHS } from '../../../gateway/policy.js';
import { ROOT } from '../../harness/paths.mjs';

/** By name of the example; those without a gateway are left out. */
export async function exampleConfigs(): Promise<[string, unknown][]> {
  const found: [string, unknown][] = [];
  for (const name of (await readdir(path.join(ROOT, 'examples'), { withFileTypes: true })).filter((one) =>
    one.isDirectory(),
  )) {
    const file = (what: string): string => path.join(ROOT, 'examples', name.name, what);
    const site = await loadSite(file('site.yaml'));
    if (site.gateway?.software !== 'agentgateway') continue;
    const policy = gatewayPolicy(site, await loadEnclave(file('enclave.yaml')), () => Object.values(PATHS), {
      host: 'collector.example',
      port: 4318,
      contents: true,
    });
    found.push([name.name, agentgatewayConfig(policy)]);
  }
  return found;
}
