import { digestOf } from '../../../core/digest';
import { createSeal, sealPayload, type SealStatement } from '../../../offline-bundle/trust/seal';
import { type SealVerdict, verifySeals } from '../../../offline-bundle/trust/verify-seals';
import { sealsOf, testSigner } from './signers';

const root = digestOf('root');
const sums = Buffer.from('sums of a bundle\n');
const statement: SealStatement = {
  site: 'nordlicht',
  root,
  sequence: 1,
  sealedAt: '2026-11-23T20:00:00Z',
  lock: digestOf('lock'),
  previous: digestOf('previous'),
};
const payload = sealPayload(statement);
const [a, b, stranger] = [testSigner(), testSigner(), testSigner()];
const trusted = [a.trusted, b.trusted];

let seals: Map<string, Buffer>;
beforeEach(async () => {
  seals = new Map([...(await sealsOf(a.signer, payload, sums)), ...(await sealsOf(b.signer, payload, sums))]);
});

const judge = (change: Partial<Parameters<typeof verifySeals>[0]> = {}): SealVerdict =>
  verifySeals({ seals, sums, root, trusted, threshold: 1, ...change });
const sealOf = ({ trusted: key }: typeof a): string => `${key.id}.sigstore.json`;
const signatureOf = ({ trusted: key }: typeof a): string => `${key.id}.SHA256SUMS.sig`;

describe('verifySeals', () => {
  it('accepts each trusted key and says what was sealed', () => {
    expect(judge({ threshold: 2 })).toEqual({
      ok: true,
      accepted: [a.trusted.id, b.trusted.id].sort(),
      untrusted: [],
      threshold: 2,
      problems: [],
      payload: statement,
    });
  });

  it('counts distinct trusted keys only', () => {
    seals = new Map([...seals].filter(([file]) => file.startsWith(a.trusted.id)));
    expect(judge({ threshold: 1 }).ok).toBe(true);
    expect(judge({ threshold: 2 })).toMatchObject({ ok: false, accepted: [a.trusted.id], problems: [] });
    expect(() => judge({ trusted: [a.trusted, a.trusted], threshold: 2 })).toThrow(/does not fit 1 trusted key$/);
    expect(() => judge({ threshold: 0 })).toThrow(/threshold of 0/);
    expect(() => judge({ trusted: [], threshold: 1 })).toThrow(/0 trusted keys/);
  });

  it('lists unknown signers and counts them for nothing', async () => {
    for (const [file, bytes] of await sealsOf(stranger.signer, payload, sums)) seals.set(file, bytes);
    expect(judge({ threshold: 2 })).toMatchObject({ ok: true, untrusted: [stranger.trusted.id] });
    expect(judge({ trusted: [testSigner().trusted] })).toMatchObject({ ok: false, accepted: [], problems: [] });
  });

  it('refuses a bundle without seals', () => {
    expect(judge({ seals: new Map() })).toMatchObject({ ok: false, accepted: [], problems: [] });
  });

  it('names any other file in the folder', () => {
    for (const file of ['notes.txt', 'XYZ.sigstore.json', `${a.trusted.id}.pub`, `${a.trusted.id}.sigstore.json.bak`]) {
      const verdict = judge({ seals: new Map([...seals, [file, Buffer.from('?')]]) });
      expect(verdict.ok).toBe(false);
      expect(verdict.problems).toEqual([{ file, problem: 'neither a seal nor a signature over SHA256SUMS' }]);
    }
  });

  it('finds a flip of any bit in any file of a trusted signer', () => {
    for (const file of [sealOf(a), signatureOf(a)]) {
      const good = seals.get(file)!;
      for (let bit = 0; bit < good.length * 8; bit += 7) {
        const damaged = Buffer.from(good);
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        const verdict = judge({ seals: new Map([...seals, [file, damaged]]) });
        expect(verdict.ok).toBe(false);
        expect(verdict.problems.map((problem) => problem.file)).toContain(file);
        expect(verdict.accepted).toEqual([b.trusted.id]);
      }
    }
  });

  it('refuses changed sums, naming the signatures over them', () => {
    const verdict = judge({ sums: Buffer.from('sums of a bundle.') });
    expect(verdict.accepted).toEqual([]);
    expect(verdict.problems.map(({ file }) => file).sort()).toEqual([signatureOf(a), signatureOf(b)].sort());
  });

  it('refuses the seals of another bundle', () => {
    const verdict = judge({ root: digestOf('other') });
    expect(verdict.accepted).toEqual([]);
    expect(verdict.problems[0]!.problem).toBe(`seals another bundle: ${root} instead of ${digestOf('other')}`);
  });

  it('refuses a seal of one key under the name of another', () => {
    seals.set(sealOf(b), seals.get(sealOf(a))!);
    expect(judge().problems).toEqual([{ file: sealOf(b), problem: `names the key ${a.trusted.id} inside` }]);
  });

  it('refuses a seal that names a trusted key but was made by another', async () => {
    seals.set(sealOf(a), await createSeal(payload, { ...stranger.signer, keyId: a.trusted.id }));
    const verdict = judge();
    expect(verdict).toMatchObject({ ok: false, accepted: [b.trusted.id] });
    expect(verdict.problems).toEqual([{ file: sealOf(a), problem: `the signature is not one of key ${a.trusted.id}` }]);
  });

  it('refuses signers who say different things, whoever they are', async () => {
    const other = sealPayload({ ...statement, sequence: 2 });
    seals.set(sealOf(b), await createSeal(other, b.signer));
    expect(judge()).toMatchObject({ ok: false });
    expect(judge({ trusted: [a.trusted] }).problems).toEqual([
      { file: sealOf(b), problem: `says something else than ${sealOf(a)}` },
    ]);
  });

  it('wants both files of a trusted signer', () => {
    seals.delete(signatureOf(a));
    seals.delete(sealOf(b));
    expect(judge()).toMatchObject({ ok: false, accepted: [] });
    expect(
      judge()
        .problems.map(({ file, problem }) => [file, problem.split(',')[0]])
        .sort(),
    ).toEqual(
      [
        [signatureOf(a), 'missing'],
        [sealOf(b), 'missing'],
      ].sort(),
    );
  });

  it('refuses a signed payload that is not a seal', async () => {
    const odd = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');
    seals = new Map(await sealsOf(a.signer, odd, sums));
    expect(judge().problems).toEqual([
      { file: sealOf(a), problem: 'the statement inside is not a seal of this format' },
    ]);
  });
});
