/** Makes a plan again from its three files, as evidence of where the judged one comes from; it upgrades no verdict. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { blueprintOf } from '../blueprint/blueprint.js';
import { digestOf } from '../core/digest.js';
import { loadEnclave } from '../site/load-enclave.js';
import { loadSite } from '../site/load-site.js';
import { loadLock } from '../site/lock/lock-file.js';
import { synthesize } from '../stacks/app.js';

/** Paths of what a plan is made from. */
export interface MadeFrom {
  readonly site: string;
  readonly enclave: string;
  readonly lock: string;
}

export interface Reproduced {
  /** Files of the plan that was made again. */
  readonly files: number;
  /** Files, below the plan's folder, that only one of the two has, or that differ. */
  readonly different: readonly string[];
}

async function digestsBelow(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  const digests = files.map(async (entry) => {
    const file = path.join(entry.parentPath, entry.name);
    // A link stands for something else, whatever that is now.
    const digest = entry.isFile() ? digestOf(await readFile(file)) : 'no file';
    return [path.relative(folder, file), digest] as const;
  });
  return new Map(await Promise.all(digests));
}

/** Synthesizes again, elsewhere, and compares file by file. */
export async function reproduce(plan: string, from: MadeFrom): Promise<Reproduced> {
  const folder = await mkdtemp(path.join(tmpdir(), 'airlock-reproduce-'));
  try {
    const inputs = {
      site: await loadSite(from.site),
      enclave: await loadEnclave(from.enclave),
      lock: await loadLock(from.lock),
    };
    const outdir = path.join(folder, 'cdktf.out');
    synthesize({ blueprint: blueprintOf(inputs), outdir });
    const [made, found] = [await digestsBelow(outdir), await digestsBelow(plan)];
    const all = [...new Set([...made.keys(), ...found.keys()])].sort();
    return { files: made.size, different: all.filter((file) => made.get(file) !== found.get(file)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
