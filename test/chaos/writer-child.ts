/**
 * The process that the test of two writers kills: `node <this> <store> <folder of blobs> <lease: on | off> <seed>`. It says `working` on a
 * line of its own when it begins to write, and ends with `done`.
 */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fromHex } from '../../core/digest';
import { AirlockError } from '../../core/errors';
import { openStore } from '../../offline-bundle/store/store';
import { lockStore } from '../../offline-bundle/store/writer-lock';
import { seededRandom } from './random';

const [dir = '', sources = '', lease = '', seed = ''] = process.argv.slice(2);

async function locked(): Promise<() => Promise<void>> {
  if (lease === 'off') return () => Promise.resolve();
  for (;;) {
    try {
      return await lockStore(dir);
    } catch (error) {
      if (!(error instanceof AirlockError) || error.code !== 'STORE_LOCKED') throw error;
      await delay(5);
    }
  }
}

async function write(): Promise<void> {
  const random = seededRandom(Number(seed));
  const store = await openStore(dir, { create: true });
  const release = await locked();
  process.stdout.write('working\n');
  const names = (await readdir(sources)).map((name) => [random(), name] as const).sort(([a], [b]) => a - b);
  for (const [, name] of names) {
    const file = path.join(sources, name);
    const { size } = await stat(file);
    // Without the lease two of them continue each other's parts: one may find its own taken, and begins again.
    for (;;) {
      try {
        await store.writeBlob({ digest: fromHex(name), size }, { path: file });
        break;
      } catch (error) {
        if (!(error instanceof AirlockError) || error.kind !== 'environment') throw error;
      }
    }
  }
  await release();
  process.stdout.write('done\n');
}

void write();
