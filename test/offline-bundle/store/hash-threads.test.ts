import fc from 'fast-check';
import { digestOf } from '../../../core/digest';
import { hashOf, sharedBuffer } from '../../../offline-bundle/store/hash-threads';

const MEBIBYTE = 1024 * 1024;
const SIZES = [0, MEBIBYTE, 64 * MEBIBYTE]; // hashed here, and on other threads

describe.each(SIZES)('a hash of about %s bytes', (size) => {
  it('is that of the pieces in their order, however they are cut, and beside any number of others', async () => {
    const piece = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(piece, { maxLength: 8 }), { minLength: 1, maxLength: 12 }), async (all) => {
        const digests = all.map(async (pieces) => {
          const hash = hashOf(size);
          const buffer = sharedBuffer(300);
          for (const bytes of pieces) {
            buffer.set(bytes);
            await hash.update(buffer.subarray(0, bytes.length));
            buffer.fill(0xff); // ours again
          }
          return hash.digest();
        });
        expect(await Promise.all(digests)).toEqual(all.map((pieces) => digestOf(Buffer.concat(pieces))));
      }),
      { numRuns: 30 },
    );
  });

  it('that is dropped leaves the others as they are', async () => {
    const [kept, dropped] = [hashOf(size), hashOf(size)];
    const bytes = sharedBuffer(5).fill('a');
    await Promise.all([kept.update(bytes), dropped.update(bytes)]);
    dropped.drop();
    dropped.drop();
    await kept.update(bytes);
    expect(await kept.digest()).toBe(digestOf('aaaaaaaaaa'));
    kept.drop(); // after the digest there is nothing to forget
  });
});

it('bytes that other threads cannot see are a fault of the program, not a wrong digest', async () => {
  await expect(hashOf(64 * MEBIBYTE).update(Buffer.alloc(5))).rejects.toMatchObject({ code: 'INTERNAL' });
});
