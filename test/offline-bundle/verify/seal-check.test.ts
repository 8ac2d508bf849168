import { digestOf } from '../../../core/digest';
import { environmentFailed } from '../../../core/errors';
import { MAX_SEAL_BYTES, sealPayload, type SealStatement } from '../../../offline-bundle/trust/seal';
import type { BundleDirectory, BundleEntry } from '../../../offline-bundle/verify/bundle-directory';
import * as directory from '../../../offline-bundle/verify/bundle-directory';
import type { BundleContent } from '../../../offline-bundle/verify/content';
import { checkStatement, isSealFile, judgeSeals, readSeals } from '../../../offline-bundle/verify/seal-check';
import { sealsOf, testSigner } from '../trust/signers';

jest.mock('../../../offline-bundle/verify/bundle-directory', () => ({ readBundleFile: jest.fn() }));
const reading = jest.mocked(directory.readBundleFile);

const root = digestOf('root');
const sums = Buffer.from('sums of a bundle\n');
const statement: SealStatement = {
  ...{ site: 'nordlicht', root, sequence: 1, sealedAt: '2026-11-23T20:00:00Z', lock: digestOf('lock'), previous: null },
};
const [a, b] = [testSigner(), testSigner()];
const id = a.trusted.id;
const KEY = 'f'.repeat(16);

const directoryOf = (...paths: string[]): BundleDirectory => ({
  dir: '/media/bundle',
  entries: new Map(paths.map((path): [string, BundleEntry] => [path, { path, kind: 'file', size: 1 }])),
});

describe('a file of a seal', () => {
  it.each([`seals/${KEY}.sigstore.json`, `seals/${KEY}.SHA256SUMS.sig`])('is %s', (path) => {
    expect(isSealFile(path)).toBe(true);
  });

  it.each([
    ...[`${KEY}.sigstore.json`, `seals/${KEY}.pub`, `seals/${KEY}xsigstore.json`, `seals/${KEY}.sigstorexjson`],
    ...[`seals/${KEY}.SHA256SUMSxsig`, `seals/x${KEY}.sigstore.json`, `seals/${KEY.slice(1)}.sigstore.json`],
    ...[`seals/${KEY.toUpperCase()}.sigstore.json`, `a/seals/${KEY}.sigstore.json`, `seals/${KEY}.sigstore.json.bak`],
    `seals/a/${KEY}.sigstore.json`,
  ])('is not %s', (path) => {
    expect(isSealFile(path)).toBe(false);
  });
});

describe('the seals of a bundle', () => {
  it('are the files that are named so, by their name', async () => {
    reading.mockImplementation((_bundle, path) => Promise.resolve(Buffer.from(path)));
    const found = await readSeals(directoryOf('index.json', `seals/${KEY}.sigstore.json`, 'seals/readme'));
    expect([...found]).toEqual([[`${KEY}.sigstore.json`, Buffer.from(`seals/${KEY}.sigstore.json`)]]);
    expect(reading.mock.lastCall?.[2]).toBe(MAX_SEAL_BYTES);
  });

  it('are none where a folder lies in the place of one', async () => {
    reading.mockResolvedValue(undefined);
    expect([...(await readSeals(directoryOf(`seals/${KEY}.sigstore.json`)))]).toEqual([]);
  });

  it('that are too large are refused as seals, not by a crash', async () => {
    reading.mockRejectedValue(new Error('too large'));
    const found = await readSeals(directoryOf(`seals/${id}.sigstore.json`));
    expect(found.get(`${id}.sigstore.json`)).toHaveLength(MAX_SEAL_BYTES + 1);
    const { checks } = judgeSeals(found, sums, root, { trusted: [a.trusted], threshold: 1 });
    expect(checks[0]).toMatchObject({
      ...{ subject: `seals/${id}.sigstore.json`, result: 'fail', fault: 'untrusted' },
      detail: 'not a seal in its canonical form',
    });
  });

  it('cannot be read where the medium fails, which says nothing of them', async () => {
    reading.mockRejectedValue(environmentFailed('FILE_UNREADABLE', 'the medium'));
    await expect(readSeals(directoryOf(`seals/${id}.sigstore.json`))).rejects.toThrow('the medium');
  });

  it('are read only until there are too many, and then refused', async () => {
    reading.mockResolvedValue(Buffer.from('x'));
    const names = Array.from({ length: 80 }, (_, at) => `seals/${String(at).padStart(16, '0')}.sigstore.json`);
    const found = await readSeals(directoryOf(...names));
    expect(found.size).toBe(65);
    const trust = { trusted: [a.trusted], threshold: 1 };
    expect(judgeSeals(found, sums, root, trust).checks).toContainEqual({
      ...{ id: 'seal', subject: 'seals', result: 'fail', fault: 'untrusted', detail: 'more than 64 files' },
    });
    const fewer = new Map([...found].slice(1));
    expect(judgeSeals(fewer, sums, root, trust).checks.map(({ subject }) => subject)).not.toContain('seals');
  });
});

describe('who vouches for a bundle', () => {
  const sealedBy = async (...signers: (typeof a)[]): Promise<Map<string, Buffer>> =>
    new Map((await Promise.all(signers.map(({ signer }) => sealsOf(signer, sealPayload(statement), sums)))).flat());

  it('is each trusted key, counted against the threshold', async () => {
    const seals = await sealedBy(a, b);
    const both = judgeSeals(seals, sums, root, { trusted: [a.trusted, b.trusted], threshold: 2 });
    const ids = [a.trusted.id, b.trusted.id].sort();
    expect(both).toStrictEqual({
      signers: ids,
      seal: statement,
      checks: [
        ...ids.map((one) => ({
          ...{
            id: 'seal',
            subject: `seals/${one}.sigstore.json`,
            result: 'pass',
            detail: `sealed by the trusted key ${one}`,
          },
        })),
        { id: 'seal', subject: 'threshold', result: 'pass', detail: 'sealed by 2 trusted keys, needed 2' },
      ],
    });
  });

  it('is nobody by a key that is not trusted here', async () => {
    const found = judgeSeals(await sealedBy(b), sums, root, { trusted: [a.trusted], threshold: 1 });
    expect(found).toStrictEqual({
      signers: [],
      checks: [
        {
          ...{ id: 'seal', subject: `seals/${b.trusted.id}.sigstore.json`, result: 'skipped' },
          detail: `not counted: key ${b.trusted.id} is not trusted here`,
        },
        {
          ...{ id: 'seal', subject: 'threshold', result: 'fail', fault: 'untrusted' },
          detail: 'sealed by 0 trusted keys, needed 1',
        },
      ],
    });
  });

  it('is too few where the threshold is higher', async () => {
    const found = judgeSeals(await sealedBy(a), sums, root, { trusted: [a.trusted, b.trusted], threshold: 2 });
    expect(found.signers).toEqual([id]);
    expect(found.checks.at(-1)).toMatchObject({ result: 'fail', detail: 'sealed by 1 trusted key, needed 2' });
  });

  it('is nobody where a file that was signed is missing', async () => {
    const seals = await sealedBy(a);
    for (const [files, index] of [
      [undefined, root],
      [sums, undefined],
    ] as const) {
      const found = judgeSeals(seals, files, index, { trusted: [a.trusted], threshold: 1 });
      expect(found.signers).toEqual([]);
      expect(found.checks.filter(({ result }) => result === 'fail')).toHaveLength(2);
    }
  });

  it('is nobody where there is no seal, unless that is allowed; a bad seal never is', async () => {
    const trust = { trusted: [a.trusted], threshold: 1 };
    expect(judgeSeals(new Map(), sums, root, trust)).toStrictEqual({
      signers: [],
      checks: [
        {
          ...{ id: 'seal', subject: 'threshold', result: 'fail', fault: 'untrusted' },
          detail: 'the bundle has no seal, needed 1',
        },
      ],
    });
    expect(judgeSeals(new Map(), sums, root, { ...trust, allowUnsigned: true })).toStrictEqual({
      signers: [],
      checks: [
        { id: 'seal', subject: 'seals', result: 'skipped', detail: 'the bundle has none, and that was allowed' },
      ],
    });
    const foreign = judgeSeals(await sealedBy(b), sums, root, { ...trust, allowUnsigned: true });
    expect(foreign.checks.at(-1)).toMatchObject({ subject: 'threshold', result: 'fail' });
  });

  it('is not asked where no key was given', async () => {
    expect(judgeSeals(await sealedBy(a), sums, root, { trusted: [], threshold: 1 })).toStrictEqual({
      signers: [],
      checks: [{ id: 'seal', subject: 'seals', result: 'skipped', detail: 'not checked: no trusted key was given' }],
    });
  });
});

describe('what a seal says of a bundle', () => {
  const content = (change: Partial<BundleContent>): BundleContent => ({
    ...{ blobs: [], complete: true, judged: new Map(), checks: [], site: 'nordlicht', lock: statement.lock },
    ...change,
  });
  const subject = 'site and lock that the seal names';

  it('is what its index says', () => {
    expect(checkStatement(statement, content({}))).toStrictEqual({
      ...{ id: 'seal', subject, result: 'pass', detail: 'nordlicht, sequence 1, sealed at 2026-11-23T20:00:00Z' },
    });
  });

  it.each([
    [{ site: 'other' }, `the index says other, ${statement.lock}`],
    [{ lock: 'sha256:0' }, 'the index says nordlicht, sha256:0'],
  ])('is refused where the index says something else: %j', (change, says) => {
    expect(checkStatement(statement, content(change))).toStrictEqual({
      ...{ id: 'seal', subject, result: 'fail', fault: 'untrusted' },
      detail: `nordlicht, ${statement.lock}; ${says}`,
    });
  });

  it('cannot be told where the index cannot be read', () => {
    const { site, ...rest } = content({});
    expect(site).toBe('nordlicht');
    for (const unread of [rest, undefined])
      expect(checkStatement(statement, unread)).toStrictEqual({
        ...{ id: 'seal', subject, result: 'skipped', detail: 'the index cannot be read' },
      });
  });
});
