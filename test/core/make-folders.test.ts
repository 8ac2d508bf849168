import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeFolders, makeFoldersSync } from '../../core/make-folders';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'airlock-folders-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const WAYS = [
  ['at once', (...args: Parameters<typeof makeFolders>) => Promise.resolve().then(() => makeFoldersSync(...args))],
  ['by and by', makeFolders],
] as const;

const onLinux = process.platform === 'linux' ? it : it.skip;

describe.each(WAYS)('folders that are made %s', (_name, make) => {
  it('come with those above them, and may be there already', async () => {
    const deep = path.join(folder, 'a', 'b', 'c');
    await make(deep, { mode: 0o700 });
    await make(deep);
    expect(statSync(deep).mode & 0o777).toBe(0o700);
  });

  it('may be made by several at once', async () => {
    for (let round = 0; round < 50; round += 1) {
      const deep = path.join(folder, `round-${round}`, 'b', 'c');
      const turns = Array.from({ length: 40 }, async (_, turn) => {
        for (let left = turn; left > 0; left -= 1) await new Promise((resolve) => setImmediate(resolve));
        await make(deep);
      });
      await Promise.all(turns);
      expect(existsSync(deep)).toBe(true);
    }
  });

  it('may be behind a link', async () => {
    symlinkSync(folder, path.join(folder, 'link'));
    await make(path.join(folder, 'link', 'a', 'b'));
    expect(existsSync(path.join(folder, 'a', 'b'))).toBe(true);
  });

  it.each([['file'], ['file/below'], ['file/far/below']])('are refused at %s, which is a file', async (at) => {
    writeFileSync(path.join(folder, 'file'), '');
    await expect(make(path.join(folder, at))).rejects.toMatchObject({
      code: expect.stringMatching(/^(EEXIST|ENOTDIR)$/) as string,
    });
  });

  it('are refused below a link that leads nowhere', async () => {
    symlinkSync(path.join(folder, 'nowhere', 'else'), path.join(folder, 'link'));
    await expect(make(path.join(folder, 'link', 'a'))).rejects.toThrow();
  });

  onLinux.each(['/proc/x', '/proc/x/y/z'])('are refused at %s, where Node would never end', async (at) => {
    await expect(make(at)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });
});
