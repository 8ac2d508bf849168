/** On the far side: site and lock come out of the bundle, the enclave's own file joins them, stacks and verdicts follow. */
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { farEnvironment, farSide, MEDIA, type Places } from './places.mjs';
import type { Steps } from './steps.mjs';

const SITE = 'site';

export async function synthesizeAndAudit(steps: Steps, { near, far }: Places): Promise<void> {
  const env = farEnvironment();
  await steps.command({
    title: 'take site and lock out of the bundle',
    ...farSide('bundle', 'extract-record', MEDIA, '--trust', 'release.pub', '--out', SITE),
    cwd: far,
    env,
    result: () => 'site.yaml and airlock.lock.json, as they were sealed',
  });
  // The enclave's addresses are written here and never leave; the quickstart has an example of them.
  await cp(path.join(near, 'enclave.yaml'), path.join(far, SITE, 'enclave.yaml'));
  const inSite = { cwd: path.join(far, SITE), env };
  const program = path.join('..', 'airlock.mjs');
  await steps.command({
    title: 'synthesize the stacks',
    shown: `node ${program} synth`,
    argv: [process.execPath, program, 'synth'],
    ...inSite,
    result: () => 'cdktf.out written, with Node alone',
  });
  await steps.command({
    title: 'audit the plan',
    shown: `node ${program} audit cdktf.out`,
    argv: [process.execPath, program, 'audit', 'cdktf.out'],
    ...inSite,
  });
}
