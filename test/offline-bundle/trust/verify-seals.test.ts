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
  });

  it.each([
    [[a.trusted, a.trusted], 2, 'a threshold of 2 does not fit 1 trusted key'],
    [[a.trusted, b.trusted], 3, 'a threshold of 3 does not fit 2 trusted keys'],
    [[a.trusted, b.trusted], 0, 'a threshold of 0 does not fit 2 trusted keys'],
    [[a.trusted, b.trusted], -1, 'a threshold of -1 does not fit 2 trusted keys'],
    [[a.trusted, b.trusted], 1.5, 'a threshold of 1.5 does not fit 2 trusted keys'],
    [[a.trusted, b.trusted], NaN, 'a threshold of NaN does not fit 2 trusted keys'],
    [[], 1, 'a threshold of 1 does not fit 0 trusted keys'],
  ])('refuses a threshold that nobody can meet, or anybody: %#', (keys, threshold, message) => {
    expect(() => judge({ trusted: keys, threshold })).toThrow(
      expect.objectContaining({
        code: 'THRESHOLD_INVALID',
        message,
        fix: 'ask for at least 1 and at most as many signers as distinct keys are given',
      }) as Error,
    );
  });

  it('refuses two keys with one id, since nobody could tell whose seal it is', () => {
    const twin = { ...b.trusted, id: a.trusted.id };
    expect(() => judge({ trusted: [a.trusted, twin] })).toThrow(
      expect.objectContaining({
        code: 'KEY_INVALID',
        message: `two different trusted keys have the id ${a.trusted.id}`,
        fix: 'replace one of them by a new key',
      }) as Error,
    );
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
    for (const file of [
      'notes.txt',
      'XYZ.sigstore.json',
      `${a.trusted.id}.pub`,
      `${a.trusted.id}.sigstore.json.bak`,
      `x${a.trusted.id}.sigstore.json`,
      `${a.trusted.id}xsigstore.json`,
      `${a.trusted.id}.SHA256SUMSxsig`,
      `0${a.trusted.id}.SHA256SUMS.sig`,
    ]) {
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
    expect(verdict.problems).toEqual(
      [a, b]
        .sort((one, other) => (one.trusted.id < other.trusted.id ? -1 : 1))
        .map((one) => ({
          file: signatureOf(one),
          problem: `not a signature of key ${one.trusted.id} over this SHA256SUMS`,
        })),
    );
    expect(verdict).not.toHaveProperty('payload');
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

  it('takes the first trusted seal for the measure, whatever strangers say before it', async () => {
    const other = sealPayload({ ...statement, sequence: 2 });
    const strangers = [testSigner(), testSigner(), testSigner(), testSigner()];
    for (const one of strangers)
      for (const [file, bytes] of await sealsOf(one.signer, other, sums)) seals.set(file, bytes);
    const verdict = judge();
    expect(verdict.accepted).toEqual([a.trusted.id, b.trusted.id].sort());
    expect(verdict.untrusted).toEqual(strangers.map(({ trusted: key }) => key.id).sort());
    const first = sealOf([a, b].sort((one, two) => (one.trusted.id < two.trusted.id ? -1 : 1))[0]!);
    expect(verdict.problems).toEqual(
      strangers
        .map(sealOf)
        .sort()
        .map((file) => ({ file, problem: `says something else than ${first}` })),
    );
  });

  it('is not taken in by a stranger who says something else, where nobody is trusted', async () => {
    seals = new Map(await sealsOf(stranger.signer, payload, sums));
    expect(judge()).toMatchObject({ ok: false, accepted: [], untrusted: [stranger.trusted.id], problems: [] });
  });

  it('wants both files of a trusted signer', () => {
    seals.delete(signatureOf(a));
    seals.delete(sealOf(b));
    const verdict = judge();
    expect(verdict).toMatchObject({ ok: false, accepted: [] });
    expect(new Set(verdict.problems)).toEqual(
      new Set([
        { file: signatureOf(a), problem: 'missing, although this key sealed the bundle' },
        { file: sealOf(b), problem: 'missing, although this key signed SHA256SUMS' },
      ]),
    );
  });

  it('names a seal that cannot be read once, and no other file for it', () => {
    seals.set(sealOf(a), Buffer.from('{}'));
    expect(judge()).toMatchObject({
      ok: false,
      accepted: [b.trusted.id],
      problems: [{ file: sealOf(a), problem: 'not a seal in its canonical form' }],
    });
  });

  it('gives the same verdict in whatever order the files were read', () => {
    const verdict = judge({ threshold: 2 });
    expect(judge({ seals: new Map([...seals].reverse()), trusted: [...trusted].reverse(), threshold: 2 })).toEqual(
      verdict,
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
