/** The sites that CI synthesizes: every example with a committed lock, and the fixture of the stacks' tests. */
import { existsSync, readFileSync, readdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Enclave } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';
import type { Site } from '../site/generated/site';
import { loadEnclave } from '../site/load-enclave';
import { loadSite } from '../site/load-site';
import { loadLock } from '../site/lock/lock-file';
import { blueprintOf } from '../blueprint/blueprint';
import { synthesize } from '../stacks/app';

// Not __dirname: a TypeScript loader may give CommonJS modules a wrong one.
export const ROOT = path.resolve(path.dirname(__filename), '..');

/** The files that make a site; an example without a lock is not synthesized. */
export const SITE_FILES = { site: 'site.yaml', enclave: 'enclave.yaml', lock: 'airlock.lock.json' } as const;

/** The blueprint of an example, committed beside its files. */
export const BLUEPRINT_FILE = 'blueprint.json';

export interface Example {
  readonly name: string;
  /** Absolute path of the folder that holds the three files. */
  readonly folder: string;
}

/** Parsed `cdk.tf.json` of each stack, by the stack's name. */
export type Plans = ReadonlyMap<string, Plan>;

export type Fields = Readonly<Record<string, unknown>>;

/** What Terraform reads of a stack (Terraform documentation, "JSON Configuration Syntax"). */
export interface Plan {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Fields>>>>;
  readonly moved?: readonly { readonly from: string; readonly to: string }[];
  readonly terraform?: { readonly backend?: Fields };
}

/** Every folder of `examples/` with site, enclave and lock, by name, and the fixture. */
export function examples(): Example[] {
  const folders = readdirSync(path.join(ROOT, 'examples'))
    .sort()
    .map((name) => ({ name, folder: path.join(ROOT, 'examples', name) }));
  return [...folders, { name: 'fixture', folder: path.join(ROOT, 'test', 'fixtures', 'stack') }].filter(({ folder }) =>
    Object.values(SITE_FILES).every((file) => existsSync(path.join(folder, file))),
  );
}

/** Reads the stacks below an output folder of CDKTF. */
export function readPlans(outdir: string): Plans {
  const stacks = path.join(outdir, 'stacks');
  const names = readdirSync(stacks).sort();
  return new Map(
    names.map((name) => [name, JSON.parse(readFileSync(path.join(stacks, name, 'cdk.tf.json'), 'utf8')) as Plan]),
  );
}

/** The three files of a folder, read as the commands read them. */
export const loadFiles = async (folder: string): Promise<{ site: Site; enclave: Enclave; lock: Lock }> => ({
  site: await loadSite(path.join(folder, SITE_FILES.site)),
  enclave: await loadEnclave(path.join(folder, SITE_FILES.enclave)),
  lock: await loadLock(path.join(folder, SITE_FILES.lock)),
});

/** Synthesizes an example as `npm run synth` does, and calls back with the output folder. */
export async function withSynthesis<T>({ folder }: Example, work: (outdir: string) => T | Promise<T>): Promise<T> {
  const outdir = mkdtempSync(path.join(tmpdir(), 'airlock-example-'));
  try {
    synthesize({ blueprint: blueprintOf(await loadFiles(folder)), outdir });
    return await work(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
