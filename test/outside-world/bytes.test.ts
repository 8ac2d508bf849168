import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bytesContent, type Content, fileContent, gitObjectId, lfsPointer, seededBytes } from './bytes';

const read = async (content: Content, start: number, end: number): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.read(start, end)) chunks.push(chunk);
  return Buffer.concat(chunks);
};

test('object ids are those that git computes', () => {
  // `git hash-object` of nothing and of "hello\n"; `git mktree` of nothing.
  expect(gitObjectId('blob', Buffer.alloc(0))).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391');
  expect(gitObjectId('blob', Buffer.from('hello\n'))).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
  expect(gitObjectId('tree', Buffer.alloc(0))).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
});

test('an LFS pointer is the three lines of the specification', () => {
  // The example of git-lfs docs/spec.md.
  const oid = '4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393';
  expect(lfsPointer(oid, 12_345).toString()).toBe(
    `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12345\n`,
  );
});

test('the same seed gives the same bytes, another seed others', () => {
  expect(seededBytes('a', 100_000).equals(seededBytes('a', 100_000))).toBe(true);
  expect(seededBytes('a', 64)).not.toEqual(seededBytes('b', 64));
});

test('content from a file and from memory is the same in part and in whole', async () => {
  const bytes = seededBytes('content', 400_000);
  const folder = await mkdtemp(path.join(tmpdir(), 'outside-world-'));
  try {
    await writeFile(path.join(folder, 'content'), bytes);
    const contents = [bytesContent(bytes), await fileContent(path.join(folder, 'content'))];
    expect(contents[1]).toMatchObject({ ...contents[0], read: expect.any(Function) as unknown });
    for (const content of contents) {
      expect((await read(content, 0, content.size)).equals(bytes)).toBe(true);
      expect((await read(content, 70_000, 300_001)).equals(bytes.subarray(70_000, 300_001))).toBe(true);
      expect((await read(content, 5, 5)).length).toBe(0);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the outside world imports nothing of ours', async () => {
  const sources = (await readdir(__dirname)).filter((name) => name.endsWith('.ts'));
  const imported = await Promise.all(
    sources.map(async (name) => [...(await readFile(path.join(__dirname, name), 'utf8')).matchAll(/from '([^']+)'/g)]),
  );
  const foreign = imported.flat().map((match) => match[1] ?? '');
  expect(foreign.length).toBeGreaterThan(30);
  expect(foreign.filter((name) => name.startsWith('../'))).toEqual([]);
});
