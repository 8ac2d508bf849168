/** Synthesizes a site into a temporary folder and reads it back the way Terraform and Helm would. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { PodSpec } from 'kubernetes-types/core/v1';
import type { Enclave } from '../../site/generated/enclave';
import type { Lock } from '../../site/generated/lock';
import { engineImage } from '../../catalog/engines';
import type { Serving, Site } from '../../site/generated/site';
import { engineImageName } from '../../site/requests/requests';
import { parseEnclave } from '../../site/load-enclave';
import { parseSite } from '../../site/load-site';
import { parseLock } from '../../site/lock/lock-file';
import { blueprintOf } from '../../blueprint/blueprint';
import { synthesize } from '../../stacks/app';

const FIXTURE = path.join(__dirname, '..', 'fixtures', 'stack');
const read = (file: string): string => readFileSync(path.join(FIXTURE, file), 'utf8');

export interface Inputs {
  readonly site: Site;
  readonly enclave: Enclave;
  readonly lock: Lock;
}

/** The committed fixture, afresh, to vary in place. */
export const inputs = (): Inputs => ({
  site: parseSite(read('site.yaml'), 'site.yaml'),
  enclave: parseEnclave(read('enclave.yaml'), 'enclave.yaml'),
  lock: parseLock(read('airlock.lock.json'), 'airlock.lock.json'),
});

/** Writes into a lock that another serving uses what one uses, as `airlock lock` would. */
export function shareContent(lock: Lock, serving: string, other: string): void {
  for (const { usedBy } of [...lock.images, ...lock.files]) {
    if (usedBy?.includes(`serving/${serving}`) === true) usedBy.push(`serving/${other}`);
  }
}

/** Puts a serving onto another engine, and the engine's image into the lock, as `airlock lock` would. */
export function changeEngine(
  { site, lock }: Inputs,
  serving: string,
  engine: Serving['engine'],
  repository: string,
): void {
  const changed = site.servings.find(({ name }) => name === serving);
  const image = lock.images.find(({ usedBy }) => usedBy.includes(`serving/${serving}`));
  if (changed === undefined || image === undefined) throw new Error(`the fixture has no serving ${serving}`);
  changed.engine = engine;
  const pool = site.pools.find(({ name }) => name === changed.pool);
  if (pool === undefined) throw new Error(`the fixture has no pool of ${serving}`);
  image.name = engineImageName(changed, pool);
  image.repository = repository;
  image.reference = `${repository}:${engineImage(engine.name, engine.version, 'nvidia').split(':').at(-1) ?? ''}`;
  lock.images.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export interface Resource {
  readonly depends_on?: readonly string[];
  readonly [key: string]: unknown;
}

export interface Stack {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Resource>>>>;
  readonly locals?: Readonly<Record<string, unknown>>;
  readonly output?: Readonly<Record<string, { readonly value: unknown }>>;
  readonly terraform: { readonly backend: { readonly local: { readonly path: string } } };
}

export type KubeObject = Deployment & { readonly spec: { readonly [key: string]: unknown } };

/** Every file below a folder, by relative path. */
export function filesBelow(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = entries.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))).sort();
  return new Map(names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
}

/** Calls back with a fresh folder and removes it. */
export function withFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'airlock-synth-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same for work that takes its time. */
export async function withFolderLater<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'airlock-synth-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface Synthesized {
  /** What whoever deploys it should know. */
  readonly warnings: readonly string[];
  readonly files: Map<string, string>;
  readonly stack: (name: string) => Stack;
}

export function synth(given: Inputs = inputs(), stateDirectory?: string, allowDestroy?: string): Synthesized {
  return withFolder((folder) => {
    const outdir = path.join(folder, 'out', 'deeper');
    const warnings = synthesize({
      blueprint: blueprintOf(given),
      outdir,
      ...(stateDirectory === undefined ? {} : { stateDirectory }),
      ...(allowDestroy === undefined ? {} : { allowDestroy }),
    });
    const files = filesBelow(outdir);
    return { files, warnings, stack: (name) => JSON.parse(files.get(`stacks/${name}/cdk.tf.json`) ?? '') as Stack };
  });
}

/** The objects of a release, after Terraform's unescaping. */
export function objectsOf(stack: Stack, release: string): KubeObject[] {
  const values = stack.resource['helm_release']?.[release]?.['values'] as string[];
  const text = values[0]?.replace(/\$\$\{/g, '${').replace(/%%\{/g, '%{') ?? '';
  return (JSON.parse(text) as { objects: KubeObject[] }).objects;
}

export const releasesOf = (stack: Stack): string[] => Object.keys(stack.resource['helm_release'] ?? {});

export function podOf(stack: Stack, release: string): PodSpec {
  const spec = objectsOf(stack, release).find(({ kind }) => kind === 'Deployment')?.spec.template.spec;
  if (spec === undefined) throw new Error(`release ${release} has no Deployment`);
  return spec;
}
