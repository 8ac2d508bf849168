import { gitBlobHash, lfsPointerOid } from '../../../offline-bundle/hub/git-objects';

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
