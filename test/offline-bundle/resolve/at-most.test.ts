import { atMost } from '../../../offline-bundle/resolve/at-most';

let asked = 0;
async function* endless(): AsyncGenerator<Uint8Array> {
  for (asked = 0; ; asked += 1) yield await Promise.resolve(Buffer.alloc(10));
}
async function* parts(...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield await Promise.resolve(Buffer.alloc(size));
}
async function read(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const part of stream) size += part.length;
  return size;
}

it.each([[[]], [[10]], [[4, 6]], [[0, 10, 0]]])('passes on %j of at most ten bytes', async (sizes) => {
  expect(await read(atMost(parts(...sizes), () => 10, 'host'))).toBe(sizes.reduce((all, size) => all + size, 0));
});

it.each([[[11]], [[10, 1]], [[4, 6, 0, 1]]])('ends %j with an error', async (sizes) => {
  await expect(read(atMost(parts(...sizes), () => 10, 'host: file'))).rejects.toMatchObject({
    kind: 'environment',
    code: 'UPSTREAM_ANSWER_INVALID',
    message: 'host: file gives more than 10 bytes, and does not say where it ends',
  });
});

it('asks for no more than it needs to know', async () => {
  await expect(read(atMost(endless(), () => 100, 'host'))).rejects.toThrow('more than 100 bytes');
  expect(asked).toBe(10);
});

it('takes a bound that becomes known while reading', async () => {
  let bound = Infinity;
  async function* stated(): AsyncGenerator<Uint8Array> {
    bound = 3;
    yield* parts(2, 2);
    await Promise.resolve();
  }
  await expect(read(atMost(stated(), () => bound, 'host'))).rejects.toThrow('more than 3 bytes');
});
