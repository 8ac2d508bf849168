import fc from 'fast-check';
import { gathered } from '../../../offline-bundle/store/gathered';

async function* given(chunks: readonly Uint8Array[], error?: Error): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
  if (error !== undefined) throw error;
}

const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 });

it('gives the same bytes in chunks of one length, but for the last one', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, fc.integer({ min: 0, max: 50 }), async (all, length) => {
      const got: Buffer[] = [];
      for await (const chunk of gathered(given(all), length)) got.push(Buffer.from(chunk));
      expect(Buffer.concat(got)).toEqual(Buffer.concat(all));
      for (const chunk of got.slice(0, -1)) expect(chunk.length).toBe(Math.max(1, length));
    }),
  );
});

it('gives everything that came before its source failed, then fails so, too', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, async (all) => {
      const got: Buffer[] = [];
      const read = async (): Promise<void> => {
        for await (const chunk of gathered(given(all, new Error('broken off')), 64)) got.push(Buffer.from(chunk));
      };
      await expect(read()).rejects.toThrow('broken off');
      expect(Buffer.concat(got)).toEqual(Buffer.concat(all));
    }),
  );
});

it('lets go of its source when nobody asks for more', async () => {
  let left = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield await Promise.resolve(Buffer.alloc(10));
    } finally {
      left = true;
    }
  }
  for await (const chunk of gathered(endless(), 5)) if (chunk.length > 0) break;
  expect(left).toBe(true);
});
