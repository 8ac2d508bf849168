import fc from 'fast-check';
import { type CommittedFile, CommitMeanings } from '../../../offline-bundle/mirror/commit-meanings';

const file = (change: Partial<CommittedFile> = {}): CommittedFile => ({
  repository: 'example/tiny',
  commit: 'c'.repeat(40),
  path: 'config.json',
  sha256: 'a'.repeat(64),
  ...change,
});
const OTHER = 'b'.repeat(64);

it('takes what agrees, in parts or again', () => {
  const meanings = new CommitMeanings();
  meanings.take([file()]);
  meanings.take([file(), file({ path: 'README.md', sha256: OTHER })]);
  expect(meanings.against([file(), file({ path: 'README.md', sha256: OTHER })])).toEqual([]);
});

it.each([
  ['repository', { repository: 'example/other' }],
  ['commit', { commit: 'd'.repeat(40) }],
  ['path', { path: 'config.json2' }],
])('other bytes under another %s contradict nothing', (_what, change) => {
  const meanings = new CommitMeanings();
  meanings.take([file()]);
  expect(meanings.against([file({ ...change, sha256: OTHER })])).toEqual([]);
});

it('names file and commit of a contradiction, and takes nothing of the root that says it', () => {
  const meanings = new CommitMeanings();
  meanings.take([file()]);
  const contradiction = (): void => meanings.take([file({ path: 'new' }), file({ sha256: OTHER })]);
  expect(contradiction).toThrow(
    `example/tiny@${'c'.repeat(40)}: config.json has SHA-256 ${OTHER}, an earlier root of the store has other bytes for it`,
  );
  expect(meanings.against([file({ path: 'new', sha256: OTHER })])).toEqual([]);
});

it('a repository is the same one in capitals', () => {
  const meanings = new CommitMeanings();
  meanings.take([file()]);
  expect(meanings.against([file({ repository: 'Example/Tiny', sha256: OTHER })])).toHaveLength(1);
});

it('no names run into one another', () => {
  const word = fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', '/', '@', '"', ',') });
  fc.assert(
    fc.property(
      word,
      word,
      word,
      word,
      word,
      word,
      (repository, commit, path, otherRepository, otherCommit, otherPath) => {
        const meanings = new CommitMeanings();
        meanings.take([file({ repository, commit, path })]);
        const other = { repository: otherRepository, commit: otherCommit, path: otherPath };
        const isSame = repository === otherRepository && commit === otherCommit && path === otherPath;
        expect(meanings.against([file({ ...other, sha256: OTHER })])).toHaveLength(isSame ? 1 : 0);
      },
    ),
  );
});
