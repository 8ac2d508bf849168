/** The sites that CI synthesizes: every example with a committed lock, and the fixture of the stacks' tests. */
import { existsSync, readFileSync, readdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { blueprintOf } from '../blueprint/blueprint';
import { synthesize } from '../stacks/app';
import { loadFiles, ROOT, SITE_FILES } from './site-files';

export { loadFiles, ROOT, SITE_FILES } from './site-files';

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
