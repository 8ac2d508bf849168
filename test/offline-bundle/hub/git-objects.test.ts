import { gitBlobHash, gitBlobId, gitTreeId, lfsPointer, lfsPointerOid } from '../../../offline-bundle/hub/git-objects';

it('a blob has the id that `git hash-object` prints', () => {
  // printf 'hello\n' | git hash-object --stdin
  expect(gitBlobHash(6).update('hello\n').digest('hex')).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
});

// Facts about the public model bert-base-uncased at commit dd4bc8b2, as huggingface/huggingface.js states them in
// packages/hub/src/lib/list-files.spec.ts.
it.each([
  [
    'pytorch_model.bin',
    '097417381d6c7230bd9e3557456d726de6e83245ec8b24f529f60198a67b203a',
    440473133,
    'ba5d19791be1dd7992e33bd61f20207b0f7f50a5',
  ],
  [
    'tf_model.h5',
    'a7a17d6d844b5de815ccab5f42cad6d24496db3850a2a43d8258221018ce87d2',
    536063208,
    '9eb98c817f04b051b3bcca591bcd4e03cec88018',
  ],
])('the pointer of a public LFS file has the id that its tree holds: %s', (_, sha256, size, oid) => {
  expect(lfsPointerOid(sha256, size)).toBe(oid);
});

// Every id below was computed by git 2 (`git hash-object`, `git write-tree`).
describe('git object ids', () => {
  it('are those of git for files', () => {
    expect(gitBlobId(Buffer.alloc(0))).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391');
    expect(gitBlobId(Buffer.from('hi\n'))).toBe('45b983be36b73c0788dc9cbcb76cbb80fc7bb057');
  });

  it('are those of git for the pointer of a file in LFS', () => {
    const pointer = lfsPointer('53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db', 90868376);
    expect(gitBlobId(pointer)).toBe('d49eff1e4a6f0e3ba5069f21c6d20aad156dd2c9');
  });

  it('are those of git for trees, which sort a directory as if it ended in a slash', () => {
    expect(gitTreeId([])).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
    const a = gitTreeId([{ name: 'f', kind: 'file', oid: 'c1b0730e0133447badcfd47fd144e254807b06e1' }]);
    const sub = gitTreeId([{ name: 't.json', kind: 'file', oid: '9e26dfeeb6e641a33dae4961196235bdb965b21b' }]);
    expect(a).toBe('2561a62d4223eb7660d3b6b02b707048382f4019');
    expect(
      gitTreeId([
        { name: 'a', kind: 'directory', oid: a },
        { name: 'a.txt', kind: 'file', oid: '45b983be36b73c0788dc9cbcb76cbb80fc7bb057' },
        { name: 'sub', kind: 'directory', oid: sub },
      ]),
    ).toBe('a73900506b6f02d032590cc3173b462833a0b1ab');
  });
});
