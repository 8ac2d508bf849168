import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { digestOf, hexOf } from '../../../core/digest';
import { demandShapes } from '../../../offline-bundle/bundle/shapes';
import { ggufMetadata } from '../../../offline-bundle/resolve/gguf-header';
import type { Lock } from '../../../site/generated/lock';
import { shapeOfGguf } from '../../../site/lock/gguf-shape';
import { writeGguf } from '../../outside-world/gguf';
import { rejection } from '../fetch/clients';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'shapes-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const NUMBERS = {
  block_count: 2,
  context_length: 512,
  embedding_length: 64,
  'attention.head_count': 4,
  'attention.head_count_kv': 4,
};
const BYTES = writeGguf(
  {
    'general.architecture': { type: 'string', value: 'llama' },
    ...Object.fromEntries(
      Object.entries(NUMBERS).map(([key, value]) => [`llama.${key}`, { type: 'u32', value } as const]),
    ),
  },
  [],
);
const reading = shapeOfGguf(ggufMetadata(BYTES), BYTES.length);

function check(change: (lock: Lock) => void = () => undefined): Promise<void> {
  const sha256 = hexOf(digestOf(BYTES));
  const file = { path: 'm.gguf', size: BYTES.length, sha256, sha256From: 'hub', gitOid: 'a'.repeat(40) };
  const lock = { models: [{ name: 'm', files: [file], ...structuredClone(reading) }] } as never as Lock;
  change(lock);
  writeFileSync(path.join(folder, sha256), BYTES);
  return demandShapes(lock, (digest) => path.join(folder, hexOf(digest)));
}

it('what a lock says of a GGUF file is what its bytes say', async () => {
  expect('shape' in reading).toBe(true);
  await check();
});

it.each(Object.keys('shape' in reading ? reading.shape : {}))(
  'a lock that says otherwise is refused: %s',
  async (field) => {
    const error = await rejection(
      check(({ models: [model] }) => {
        const shape = model!.shape as never as Record<string, unknown>;
        const before = shape[field];
        shape[field] = typeof before === 'number' ? before + 1 : 'other';
      }),
    );
    expect(error).toMatchObject({ code: 'UPSTREAM_CONTENT_MISMATCH' });
    expect(error.message).toContain('the lock says of m.gguf');
  },
);

it.each(['unknownShape', 'nothing'])('a lock that says %s sizes nothing, and is taken', async () => {
  await check(({ models: [model] }) => {
    delete model!.shape;
  });
});
