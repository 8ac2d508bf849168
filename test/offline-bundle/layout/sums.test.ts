import { digestOf, hexOf } from '../../../core/digest';
import { blobPath, layoutFiles, sha256Sums } from '../../../offline-bundle/layout/sums';
import { sample } from '../bundle/sample-lock';

describe('SHA256SUMS', () => {
  it('lists files in byte order of their paths, in the form of sha256sum', () => {
    const entry = (path: string): { path: string; digest: `sha256:${string}` } => ({ path, digest: digestOf(path) });
    const text = sha256Sums(['oci-layout', 'blobs/sha256/b', 'START-HERE.txt', 'blobs/sha256/a'].map(entry)).toString();
    expect(text.split('\n').map((line) => line.slice(66))).toEqual([
      'START-HERE.txt',
      'blobs/sha256/a',
      'blobs/sha256/b',
      'oci-layout',
      '',
    ]);
    expect(text.startsWith(`${hexOf(digestOf('START-HERE.txt'))}  START-HERE.txt\n`)).toBe(true);
  });
});

describe('the files of a layout', () => {
  it('are four pure functions of index and blobs; the sums cover the other three and every blob once', async () => {
    const { plan } = await sample();
    const digests = plan.blobs.map(({ digest }) => digest);
    const files = layoutFiles(plan.rootBytes, digests);
    expect([...files.keys()].sort()).toEqual(['SHA256SUMS', 'START-HERE.txt', 'index.json', 'oci-layout']);
    const listed = files
      .get('SHA256SUMS')!
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(66));
    expect(listed.sort()).toEqual(['START-HERE.txt', 'index.json', 'oci-layout', ...digests.map(blobPath)].sort());
    expect(layoutFiles(plan.rootBytes, [...digests].reverse())).toEqual(files);
    expect(
      layoutFiles(
        plan.rootBytes,
        digests.filter((digest) => digest !== plan.root),
      ),
    ).toEqual(files);
  });

  it('change with the set of blobs and with the index', async () => {
    const { plan } = await sample();
    const digests = plan.blobs.map(({ digest }) => digest);
    const sums = (...args: Parameters<typeof layoutFiles>): string =>
      layoutFiles(...args)
        .get('SHA256SUMS')!
        .toString();
    const other = await sample({ siteName: 'other' });
    expect(sums(plan.rootBytes, digests.slice(1))).not.toBe(sums(plan.rootBytes, digests));
    expect(sums(other.plan.rootBytes, digests)).not.toBe(sums(plan.rootBytes, digests));
    expect(() => layoutFiles(Buffer.from('{}'), [])).toThrow(/not that of a bundle/);
  });
});
