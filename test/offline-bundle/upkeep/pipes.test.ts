/** A pipe in the place of any small file of a store: nothing waits for whoever might write to it. */
import { execFileSync } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { importBundle } from '../../../offline-bundle/import/import-bundle';
import { readHistory } from '../../../offline-bundle/history/history';
import { checkStore } from '../../../offline-bundle/upkeep/check';
import { filesAt, type Place, takeInventory } from '../../../offline-bundle/upkeep/inventory';
import { sealedStore } from './sealed-store';

const sealed = sealedStore({ one: { sequence: 1 } });
const PLACES: readonly Place[] = ['record', 'seal', 'mark', 'marker', 'other'];

it('is neither waited for by a check, nor by an import, nor by the history', async () => {
  const files = await takeInventory(sealed.copy());
  const small = PLACES.flatMap((place) => filesAt(files, place).map((file) => file.path));
  const all = [...small, 'policy.json', 'check.json', `seals/${'ab'.repeat(32)}/f`];
  expect(small.length).toBeGreaterThan(5);
  for (const at of all) {
    const dir = sealed.copy();
    const file = path.join(dir, at);
    await rm(file, { force: true });
    await mkdir(path.dirname(file), { recursive: true });
    execFileSync('mkfifo', [file]);
    // That each of them ends is what is asked here; what they say of it, their own tests ask.
    const ended: unknown[] = await Promise.allSettled([checkStore({ dir }), readHistory(dir)]);
    const bundle = sealed.bundles['one']!;
    ended.push(
      ...(await Promise.allSettled([
        importBundle({ dir: bundle.dir, storeDir: dir, trusted: [sealed.key.trusted], threshold: 1 }),
      ])),
    );
    expect([at, ended.length]).toEqual([at, 3]);
  }
}, 60_000);
