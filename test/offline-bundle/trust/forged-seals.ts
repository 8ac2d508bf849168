/** Files for `seals/` that somebody without the right key puts there: forged, mangled, or carried over from elsewhere. */
import fc from 'fast-check';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { digestOf } from '../../../core/digest';
import { AirlockError } from '../../../core/errors';
import { signBundle } from '../../../offline-bundle/bundle/sign';
import {
  createSeal,
  sealFileName,
  sealPayload,
  type SealStatement,
  sumsSignatureFileName,
} from '../../../offline-bundle/trust/seal';
import { verifySeals } from '../../../offline-bundle/trust/verify-seals';
import { writeBundle } from '../bundle/sample-bundle';
import { sample } from '../bundle/sample-lock';
import { testSigner, type TestSigner } from './signers';

const NOW = '2026-11-23T20:00:00Z';

/** A file and its bytes. */
type Forged = readonly [name: string, bytes: Buffer];

interface World {
  readonly folder: string;
  /** Sealed by `ada` alone. */
  readonly bundle: string;
  readonly sums: Buffer;
  readonly said: SealStatement;
  readonly ada: TestSigner;
  readonly ben: TestSigner;
  /** Names under which something is put. */
  readonly names: readonly string[];
  /** Bytes that are something, each of another make. */
  readonly stock: ReadonlyMap<string, Buffer>;
}

async function makeWorld(): Promise<World> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'airlock-forged-'));
  const bundle = path.join(folder, 'bundle');
  const [ada, ben, eve] = [testSigner(), testSigner(), testSigner()];
  const of = await sample();
  await writeBundle(bundle, of, []);
  await rm(path.join(bundle, 'seals'), { recursive: true, force: true });
  const { statement: said } = await signBundle(bundle, ada.signer, { sequence: 7 }, '2026-01-02T03:04:05Z');
  const sums = await readFile(path.join(bundle, 'SHA256SUMS'));
  const right = await readFile(path.join(bundle, 'seals', sealFileName(ada.trusted.id)));
  const text = right.toString();
  const elsewhere = { ...said, root: digestOf('another bundle') };
  const high = { ...said, sequence: 9_007_199_254_740_991, sealedAt: '2099-01-01T00:00:00Z' };
  const bySomebody = (statement: SealStatement, keyId: string): Promise<Buffer> =>
    createSeal(sealPayload(statement), { ...eve.signer, keyId });
  const adasOther = await createSeal(sealPayload(elsewhere), ada.signer);
  const swap = (from: Buffer, field: 'payload' | 'sig'): Buffer => {
    const form = new RegExp(`"${field}":"([^"]*)"`);
    return Buffer.from(text.replace(form, form.exec(from.toString())?.[0] ?? ''));
  };
  const evesHigh = await bySomebody(high, eve.trusted.id);
  const edit = (from: string | RegExp, to: string): Buffer => Buffer.from(text.replace(from, to));
  const stock = new Map<string, Buffer>([
    ['another key, higher', evesHigh],
    ['another key, under the id of Ada', await bySomebody(high, ada.trusted.id)],
    ['another key, under the id of Ben', await bySomebody(high, ben.trusted.id)],
    ['another key, the same words', await bySomebody(said, eve.trusted.id)],
    ['Ada, of another bundle', adasOther],
    ['the signature of Ada over other words', swap(evesHigh, 'payload')],
    ['the words of Ada, signed by another', swap(evesHigh, 'sig')],
    ['the signature of Ada over her other bundle', swap(adasOther, 'sig')],
    ['no signature', edit(/"sig":"[^"]*"/, '"sig":"AAAA"')],
    ['an empty signature', edit(/"sig":"[^"]*"/, '"sig":""')],
    ['another payload type', edit('application/vnd.in-toto+json', 'text/plain')],
    ['a payload twice', edit('"payload":', `"payload":"e30=","payload":`)],
    ['a payload twice, the other way', edit(/("payload":"[^"]*")/, `$1,"payload":"e30="`)],
    ['two signatures', edit(/("signatures":\[)(\{[^}]*\})/, '$1$2,$2')],
    ['base64 with a space', edit('"payload":"', '"payload":" ')],
    ['base64 for addresses', Buffer.from(text.replaceAll('+', '-').replaceAll('/', '_'))],
    ['base64 without its end', edit(/=*"/, '"')],
    ['no line end', right.subarray(0, -1)],
    ['two lines', Buffer.concat([right, right])],
    ['spaces', Buffer.from(JSON.stringify(JSON.parse(text) as unknown, null, 1))],
    ['a mark before it', Buffer.concat([Buffer.from('\ufeff'), right])],
    ['nothing', Buffer.alloc(0)],
    ['much', Buffer.alloc(70_000, ' ')],
    ['null', Buffer.from('null\n')],
    ['a list', Buffer.from('[]\n')],
    ['no signatures', edit(/"signatures":\[.*\]/, '"signatures":null')],
    ['a signature over SHA256SUMS of another', await eve.signer.sign(sums)],
    ['the right seal', right],
  ]);
  const ids = [ada, ben, eve].map(({ trusted }) => trusted.id);
  return {
    ...{ folder, bundle, sums, said, ada, ben, stock },
    names: [
      ...ids.map(sealFileName),
      ...ids.map(sumsSignatureFileName),
      ...['0000000000000000.sigstore.json', `${ids[0]?.toUpperCase() ?? ''}.sigstore.json`, 'x.sigstore.json'],
    ],
  };
}

const flipped = (bytes: Buffer, bits: readonly number[]): Buffer => {
  const copy = Buffer.from(bytes);
  for (const bit of bits) if (copy.length > 0) copy[(bit >> 3) % copy.length]! ^= 1 << (bit & 7);
  return copy;
};

/** Something of the stock, whole or with bits flipped, under some name; the right seal is never put whole under its own. */
const forged = ({ names, stock, ada }: World): fc.Arbitrary<Forged> =>
  fc
    .tuple(
      fc.constantFrom(...names),
      fc.constantFrom(...stock.keys()),
      fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        fc.array(fc.nat({ max: 20_000 }), { minLength: 1, maxLength: 3 }),
      ),
    )
    .map(([name, what, bits]): Forged => [name, flipped(stock.get(what) ?? Buffer.alloc(0), bits)])
    .filter(([name, bytes]) => name !== sealFileName(ada.trusted.id) || !bytes.equals(stock.get('the right seal')!));

/**
 * Puts forged files into `seals/` of a bundle that Ada sealed, and demands that whoever was given her key alone is never told anything
 * but what she said.
 *
 * @param runs how many times, with 1 to 3 files each
 * @param seed of the choices
 */
export async function expectNoForgery(runs: number, seed: number): Promise<void> {
  const world = await makeWorld();
  const { bundle, sums, said, ada, ben } = world;
  const seals = path.join(bundle, 'seals');
  const own = path.join(world.folder, 'own');
  await cp(seals, own, { recursive: true });
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(forged(world), { minLength: 1, maxLength: 3 }), fc.boolean(), async (files, beside) => {
        await rm(seals, { recursive: true });
        if (beside) await cp(own, seals, { recursive: true });
        else await mkdir(seals);
        for (const [name, bytes] of files) await writeFile(path.join(seals, name), bytes);
        const all = new Map<string, Buffer>();
        for (const name of await readdir(seals)) all.set(name, await readFile(path.join(seals, name)));

        const verdict = verifySeals({ seals: all, sums, root: said.root, trusted: [ada.trusted], threshold: 1 });
        expect(beside ? [[], [ada.trusted.id]] : [[]]).toContainEqual(verdict.accepted);
        if (verdict.payload !== undefined) expect(verdict.payload).toEqual(said);
        if (!beside) expect(verdict.ok).toBe(false);

        const fresh = { ...said, sequence: 1, sealedAt: NOW };
        const signed = await signBundle(bundle, ben.signer, {}, NOW, [ada.trusted]).catch((error: unknown) => {
          expect(error).toBeInstanceOf(AirlockError);
          return undefined;
        });
        // What Ada said; where nothing of hers is there, what is said over a bundle without seals.
        if (signed !== undefined) expect(beside ? [said] : [said, fresh]).toContainEqual(signed.statement);
      }),
      { numRuns: runs, seed },
    );
  } finally {
    await rm(world.folder, { recursive: true });
  }
}
