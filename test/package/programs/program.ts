/**
 * What somebody writes who has installed the package: a construct in a stack, a whole site, and its audit.
 *
 * `node program <folder of a site> <folder to write into>` prints how the audit ended.
 */
import { join } from 'node:path';
import { App } from 'cdktf';
import { audit, type AuditReport } from 'airlock/audit';
import { blueprintOf } from 'airlock/blueprint';
import { ACCELERATORS } from 'airlock/catalog';
import { ConfinedNamespace, type ConfinedNamespaceProps, EnvelopeRelease } from 'airlock/constructs';
import { AirlockError, type Digest, digestOf } from 'airlock/core';
import { ENGINES } from 'airlock/engines';
import { GATEWAY_CONTRACTS } from 'airlock/gateway';
import { verifyBundle } from 'airlock/offline-bundle';
import { loadEnclave, loadLock, loadSite, type Site } from 'airlock/site';
import { BaseStack, synthesize } from 'airlock/stacks';
import { DASHBOARDS } from 'airlock/telemetry';

function writeConstruct(outdir: string): void {
  const app = new App({ outdir });
  const stack = new BaseStack(app, 'sample');
  const props: ConfinedNamespaceProps = { name: 'batch', kubernetesVersion: '1.34' };
  const namespace = new ConfinedNamespace(stack, 'namespace', props);
  const map = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'words', namespace: 'batch' },
    data: { a: 'b' },
  };
  new EnvelopeRelease(stack, 'release', {
    name: 'words',
    namespace: 'batch',
    objects: [map],
    dependsOn: namespace.ready,
  });
  app.synth();
}

async function writeSite(folder: string, outdir: string): Promise<AuditReport> {
  const files = {
    site: join(folder, 'site.yaml'),
    enclave: join(folder, 'enclave.yaml'),
    lock: join(folder, 'airlock.lock.json'),
  };
  const site: Site = await loadSite(files.site);
  const blueprint = blueprintOf({ site, enclave: await loadEnclave(files.enclave), lock: await loadLock(files.lock) });
  synthesize({ blueprint, outdir });
  return audit({ ...files, plan: outdir, today: '2026-01-01' });
}

async function refusal(): Promise<string> {
  try {
    await verifyBundle({ dir: 'there-is-none', trusted: [], threshold: 1, allowUnsigned: true });
  } catch (error) {
    if (error instanceof AirlockError) return error.kind;
  }
  return 'none';
}

async function main(folder: string, outdir: string): Promise<void> {
  writeConstruct(join(outdir, 'construct'));
  const report = await writeSite(folder, join(outdir, 'site'));
  const digest: Digest = digestOf('');
  const known = [ACCELERATORS, ENGINES, GATEWAY_CONTRACTS, DASHBOARDS].map((table) => Object.keys(table).length > 0);
  console.log(JSON.stringify({ gate: report.gate, refusal: await refusal(), digest, known }));
}

void main(process.argv[2] ?? '.', process.argv[3] ?? 'out');
