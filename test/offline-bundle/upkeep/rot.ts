/** One flipped bit after the other at seeded places of a store over which a mirror runs: each is named, mended, and never served. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { digestOf, fromHex, hexOf } from '../../../core/digest';
import { type Mirror, startMirror } from '../../../offline-bundle/mirror/server';
import { keepDerivedImage } from '../../../offline-bundle/store/derived-images';
import { SILENT } from '../../../core/progress';
import { openStore } from '../../../offline-bundle/store/store';
import { checkStore } from '../../../offline-bundle/upkeep/check';
import { filesAt, type Place, takeInventory } from '../../../offline-bundle/upkeep/inventory';
import { repairStore } from '../../../offline-bundle/upkeep/repair';
import { openFolder } from '../../../offline-bundle/upkeep/repair-source';
import { deriveImage } from '../../../offline-bundle/weights/image-form';
import { seededRandom } from '../../chaos/random';
import { copyFolder } from '../../support/copy-folder';
import { sealedStore } from './sealed-store';
import { seededBytes } from '../../outside-world/bytes';

const PLACES: readonly Place[] = ['blob', 'blob', 'record', 'seal', 'mark', 'derived', 'marker'];

async function contentOf(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== 'check.json');
  const found: Record<string, string> = {};
  for (const { parentPath, name } of files) {
    const file = path.join(parentPath, name);
    found[path.relative(dir, file)] = digestOf(await readFile(file));
  }
  return found;
}

/** @returns status and digest of the body; a cut body has none */
async function get(url: string, headers: Record<string, string> = {}): Promise<[number, string]> {
  const answer = await fetch(url, { headers });
  const body = await answer.arrayBuffer().catch(() => undefined);
  return [answer.status, body === undefined ? 'cut' : digestOf(Buffer.from(body))];
}

/**
 * Declares the test.
 *
 * @param count how many bits are flipped, one after the other
 */
export function rot(count: number, seed: number): void {
  const sealed = sealedStore({
    one: {
      sequence: 1,
      variant: 'a',
      modelFiles: { 'big.bin': seededBytes('big', 1_500_000), 'own.bin': seededBytes('a', 3000) },
    },
    two: {
      sequence: 2,
      variant: 'b',
      revision: 'b'.repeat(40),
      modelFiles: { 'big.bin': seededBytes('big', 1_500_000), 'own.bin': seededBytes('b', 3000) },
    },
  });
  const mirrors: Mirror[] = [];
  afterAll(async () => {
    for (const mirror of mirrors) await mirror.close(0);
  });

  it(`${count} flipped bits are named, mended and never served, and the rest is served throughout (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
    const dir = sealed.copy();
    const [one, two] = [sealed.bundles['one']!, sealed.bundles['two']!];
    for (const { lock } of [one, two]) {
      const [model] = lock.models;
      const files = model!.files.map((file) => ({ path: file.path, digest: fromHex(file.sha256), size: file.size }));
      const { image } = await deriveImage(dir, 'tiny', files, lock.platforms, SILENT);
      await keepDerivedImage(dir, lock.derived.models[0]!.manifest.digest, image);
    }
    const pristine = path.join(sealed.scratch, `pristine-${seed}`);
    copyFolder(dir, pristine);
    const right = await contentOf(dir);
    const store = await openStore(dir);
    const mirror = await startMirror({ store, host: '127.0.0.1', port: 0, scrub: { pauseMs: 3_600_000 } });
    mirrors.push(mirror);
    const hits = new Map<Place, number>();

    for (let round = 0; round < count; round += 1) {
      const place = PLACES[round % PLACES.length]!;
      const { path: at, size } = pick(filesAt(await takeInventory(pristine), place).filter((entry) => entry.size > 0));
      const bit = Math.floor(random() * size * 8);
      const context = `seed ${seed}, round ${round}: bit ${bit} of ${at}`;
      hits.set(place, (hits.get(place) ?? 0) + 1);
      const bytes = await readFile(path.join(dir, at));
      bytes[bit >> 3] = bytes[bit >> 3]! ^ (1 << (bit & 7));
      await writeFile(path.join(dir, at), bytes);

      const report = await checkStore({ dir });
      // A lone signature over SHA256SUMS may be of an earlier release, so it is a note.
      const named = [...report.problems, ...report.notes].map((one) => one.path);
      expect([context, named]).toEqual([context, expect.arrayContaining([at])]);
      if (!at.endsWith('.SHA256SUMS.sig')) expect([context, report.result]).toEqual([context, 'fail']);

      const rest = [one, two].flatMap(({ plan }) => plan.blobs.map(({ digest }) => digest));
      const hit = place === 'blob' || place === 'record' ? rest.filter((digest) => at.includes(hexOf(digest))) : [];
      for (const digest of new Set([
        ...hit,
        one.plan.root,
        two.plan.root,
        ...Array.from({ length: 8 }, () => pick(rest)),
      ])) {
        const url = `${mirror.url}/v2/airlock/bundle/blobs/${digest}`;
        const [status, got] = await get(url);
        const owners = [one, two].filter(({ plan }) => plan.blobs.some((blob) => blob.digest === digest));
        // A record takes with it what its bundle alone has.
        const isAffected =
          place === 'blob' ? hit.includes(digest) : owners.every(({ plan }) => hit.includes(plan.root));
        if (!isAffected) expect([context, digest, status, got]).toEqual([context, digest, 200, digest]);
        else if (place === 'blob') {
          expect([context, status]).toEqual([context, 500]);
          expect([context, (await get(url, { range: 'bytes=0-0' }))[0]]).toEqual([context, 500]);
        } else expect([context, status]).toEqual([context, 404]);
      }
      expect([context, (await get(`${mirror.url}/readyz`))[0]]).toEqual([context, 200]);

      for (const { dir: medium } of [one, two]) {
        const { result } = await repairStore({ dir, from: await openFolder(medium), trusted: [sealed.key.trusted] });
        if (result === 'pass' && place !== 'seal') break;
      }
      expect([context, await contentOf(dir)]).toEqual([context, right]);
    }
    expect([...hits.keys()].sort()).toEqual([...new Set(PLACES)].sort());
    expect((await checkStore({ dir })).result).toBe('pass');
    expect(await (await fetch(`${mirror.url}/readyz`)).text()).toBe('ok\n');
  }, 1_200_000);
}
