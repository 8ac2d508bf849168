/** From site, enclave and lock to stacks, and from stacks to verdicts. */
import path from 'node:path';
import { farEnvironment, farSide, nearEnvironment, npmRun, type Places, ROOT } from './places.mjs';
import type { Steps } from './steps.mjs';

const INPUTS = { site: 'site.yaml', enclave: 'enclave.yaml', lock: 'airlock.lock.json' };

export async function synthesizeAndAudit(steps: Steps, { near, far }: Places): Promise<void> {
  const { shown, argv } = npmRun('synth');
  const inputs = Object.entries(INPUTS).map(([name, file]) => [`AIRLOCK_${name.toUpperCase()}`, file] as const);
  const inPlace = inputs.map(([name, file]) => [name, path.join(near, file)] as const);
  await steps.command({
    title: 'synthesize the stacks',
    shown: `${inputs.map(([name, file]) => `${name}=${file}`).join(' ')} ${shown}`,
    argv,
    cwd: ROOT,
    env: { ...nearEnvironment(), ...Object.fromEntries(inPlace), CDKTF_OUTDIR: path.join(near, 'cdktf.out') },
    result: () => 'cdktf.out written, without Terraform',
  });
  const files = Object.entries(INPUTS).flatMap(([option, file]) => [`--${option}`, `../near/${file}`]);
  await steps.command({
    title: 'audit the plan',
    ...farSide('audit', '../near/cdktf.out', ...files),
    cwd: far,
    env: farEnvironment(),
  });
}
