import { sha256Hex } from './bytes';
import { makeGgufModel, makeSafetensorsModel } from './model';

const options = { seed: 'test', title: 'Test' };

interface Header {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

/** Reads a header as huggingface/safetensors states it, on its own. */
function readSafetensors(bytes: Buffer): Map<string, Header> {
  const length = Number(bytes.readBigUInt64LE());
  const tensors = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, Header>;
  delete tensors['__metadata__'];
  let expected = 0;
  for (const {
    shape,
    data_offsets: [begin, end],
  } of Object.values(tensors)) {
    expect(begin).toBe(expected);
    expect(end - begin).toBe(shape.reduce((a, b) => a * b, 1) * 2);
    expected = end;
  }
  expect(bytes.length).toBe(8 + length + expected);
  return new Map(Object.entries(tensors));
}

test('one safetensors file holds every tensor without gaps', () => {
  const tensors = readSafetensors(makeSafetensorsModel(options)['model.safetensors'] as Buffer);
  expect(tensors.get('model.embed_tokens.weight')).toMatchObject({ dtype: 'BF16', shape: [259, 64] });
  expect(tensors.size).toBe(3 + 2 * 9);
});

test('the index of a sharded model names the file of every tensor', () => {
  const files = makeSafetensorsModel({ ...options, shards: 3 });
  const index = JSON.parse(files['model.safetensors.index.json'] as string) as { weight_map: Record<string, string> };
  const found = Object.entries(files)
    .filter(([name]) => name.endsWith('.safetensors'))
    .flatMap(([name, bytes]) => [...readSafetensors(bytes as Buffer).keys()].map((tensor) => [tensor, name]));
  expect(Object.fromEntries(found)).toEqual(index.weight_map);
  expect(new Set(Object.values(index.weight_map)).size).toBe(3);
});

test('a GGUF file states version, counts and aligned data', () => {
  const bytes = makeGgufModel(options, 'test')['test-f32.gguf'] as Buffer;
  expect(bytes.toString('latin1', 0, 4)).toBe('GGUF');
  expect([bytes.readUInt32LE(4), Number(bytes.readBigUInt64LE(8)), Number(bytes.readBigUInt64LE(16))]).toEqual([
    3, 21, 25,
  ]);
  // Embedding and output (259 × 64), 2 layers, the final norm: 4 bytes each; the rest is the header.
  const layer = 64 * 2 + 64 * 64 * 2 + 32 * 64 * 2 + 256 * 64 * 3;
  const data = (2 * 259 * 64 + 2 * layer + 64) * 4;
  expect((bytes.length - data) % 32).toBe(0);
});

test('the same seed gives the same files, another seed other weights', () => {
  // Hashes: Jest compares buffers byte by byte.
  const hashesOf = (seed: string): Record<string, string> =>
    Object.fromEntries(
      Object.entries(makeSafetensorsModel({ ...options, seed })).map(([name, bytes]) => [name, sha256Hex(bytes)]),
    );
  expect(hashesOf('test')).toEqual(hashesOf('test'));
  expect(hashesOf('other')['model.safetensors']).not.toBe(hashesOf('test')['model.safetensors']);
});

test('a model brings card, license text and files that sites leave out', () => {
  const files = makeSafetensorsModel(options);
  expect(files['README.md']).toMatch(/^---\nlicense: apache-2\.0\n/);
  // https://www.apache.org/licenses/LICENSE-2.0.txt
  expect(sha256Hex(files['LICENSE'] as string)).toBe(
    'cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30',
  );
  expect(Object.keys(files)).toEqual(expect.arrayContaining(['original/params.json', 'original/consolidated.00.pth']));
});
