/** The audit of what our own stacks make of a site. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { audit } from '../../audit/audit';
import { serializeLock } from '../../site/lock/lock-file';
import { blueprintOf } from '../../blueprint/blueprint';
import { synthesize } from '../../stacks/app';
import type { Inputs } from '../stacks/synthesized';

/**
 * @param judged what the plan is held against; the files that it was made of by default
 * @param waivers text of a waivers file
 */
export async function auditOf(made: Inputs, judged: Inputs = made, waivers?: string): ReturnType<typeof audit> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'airlock-own-'));
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  try {
    const plan = path.join(folder, 'out');
    synthesize({ blueprint: blueprintOf(made), outdir: plan });
    return await audit({
      plan,
      site: file('site.yaml', stringify(judged.site)),
      enclave: file('enclave.yaml', stringify(judged.enclave)),
      lock: file('airlock.lock.json', serializeLock(judged.lock)),
      today: '2026-11-23',
      asOf: '2026-11-23',
      ...(waivers === undefined ? {} : { waivers: file('waivers.yaml', waivers) }),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
