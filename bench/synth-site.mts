/** Sites of any size for the synth benchmark: the stacks' fixture, its pools and servings many times over. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import type { Enclave } from '../site/generated/enclave.js';
import type { Lock } from '../site/generated/lock.js';
import type { Site } from '../site/generated/site.js';
import { parseEnclave } from '../site/load-enclave.js';
import { parseSite } from '../site/load-site.js';
import { parseLock, serializeLock } from '../site/lock/lock-file.js';
import { ROOT, SITE_FILES } from '../tools/examples.js';

/** Servings of each kind in one unit: as many replicas as its GPU pool has room for, half used, and one on CPUs. */
const ON_GPUS = 4;
const ON_CPUS = 1;

interface Files {
  readonly site: Site;
  readonly enclave: Enclave;
  readonly lock: Lock;
}

async function fixture(): Promise<Files> {
  const read = (name: string): Promise<string> => readFile(path.join(ROOT, 'test/fixtures/stack', name), 'utf8');
  return {
    site: parseSite(await read(SITE_FILES.site), SITE_FILES.site),
    enclave: parseEnclave(await read(SITE_FILES.enclave), SITE_FILES.enclave),
    lock: parseLock(await read(SITE_FILES.lock), SITE_FILES.lock),
  };
}

/** The fixture with its pools and servings repeated; 0 units are one CPU pool with one serving. */
function multiply({ site, enclave, lock }: Files, units: number): Files {
  const [gpuPool, cpuPool] = site.pools;
  const [onGpus, onCpus] = site.servings;
  if (gpuPool === undefined || cpuPool === undefined || onGpus === undefined || onCpus === undefined) {
    throw new Error('the fixture has no longer a GPU pool and a CPU pool with a serving each');
  }
  const names = Array.from({ length: units }, (_, at) => String(at).padStart(4, '0'));
  const repeat = <T extends { name: string }>(item: T, suffix: string, times: number, pool: string): T[] =>
    Array.from({ length: times }, (_, at) => ({ ...item, name: `${item.name}-${suffix}-${String(at)}`, pool }));
  const servings = names.flatMap((suffix) => [
    ...repeat(onGpus, suffix, ON_GPUS, `${gpuPool.name}-${suffix}`),
    ...repeat(onCpus, suffix, ON_CPUS, `${cpuPool.name}-${suffix}`),
  ]);
  const pools = names.flatMap((suffix) =>
    [gpuPool, cpuPool].map((pool) => ({ ...pool, name: `${pool.name}-${suffix}` })),
  );
  const users = new Map(
    [onGpus, onCpus].map(({ name }) => [
      `serving/${name}`,
      servings.filter((serving) => serving.name.startsWith(`${name}-`)).map((serving) => `serving/${serving.name}`),
    ]),
  );
  const used = <T extends { usedBy?: string[] }>(item: T): T =>
    item.usedBy === undefined
      ? item
      : { ...item, usedBy: item.usedBy.flatMap((user) => users.get(user) ?? [user]).sort() };
  if (units === 0) {
    // The lock keeps what the one serving uses, and what no serving uses.
    const kept = ({ usedBy: by = [] }: { usedBy?: string[] }): boolean => !by.includes(`serving/${onGpus.name}`);
    return {
      site: { ...site, pools: [cpuPool], servings: [onCpus] },
      enclave: { ...enclave, pools: { [cpuPool.name]: enclave.pools[cpuPool.name] ?? { nodes: [] } } },
      lock: { ...lock, images: lock.images.filter(kept), files: lock.files.filter(kept) },
    };
  }
  return {
    site: { ...site, pools, servings },
    enclave: {
      ...enclave,
      pools: Object.fromEntries(
        pools.map(({ name }) => {
          const [, pool = '', suffix = ''] = /^(.+)-(\d+)$/.exec(name) ?? [];
          // A node belongs to one pool.
          return [name, { nodes: (enclave.pools[pool]?.nodes ?? []).map((node) => `${node}-${suffix}`) }];
        }),
      ),
    },
    lock: { ...lock, images: lock.images.map(used), files: lock.files.map(used) },
  };
}

/** Writes the three files of a site of that many units into a folder. */
export async function writeSite(folder: string, units: number): Promise<void> {
  const { site, enclave, lock } = multiply(await fixture(), units);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, SITE_FILES.site), stringify(site, { aliasDuplicateObjects: false }));
  await writeFile(path.join(folder, SITE_FILES.enclave), stringify(enclave, { aliasDuplicateObjects: false }));
  await writeFile(path.join(folder, SITE_FILES.lock), serializeLock(lock));
}
