import path from 'node:path';
import fc from 'fast-check';
import { demandSafePaths, pathFault, pathFaults } from '../../core/safe-paths';

describe('a path of a repository', () => {
  it.each(['config.json', 'a/b/c.bin', '.gitattributes', 'original/..hidden', 'über/日本語.txt', 'a b/c#?%.txt'])(
    'is fine: %s',
    (text) => {
      expect(pathFault(text)).toBeUndefined();
    },
  );

  it.each([
    ['', 'is empty'],
    ['/etc/passwd', 'is absolute'],
    ['C:/x', 'is absolute'],
    ['../x', 'holds the segment ".."'],
    ['a/../../x', 'holds the segment ".."'],
    ['./x', 'holds the segment "."'],
    ['a//b', 'holds an empty segment'],
    ['a/', 'holds an empty segment'],
    ['a\\b', 'holds a backslash'],
    ['a\nb', 'holds a control character'],
    ['a\u0000b', 'holds a control character'],
    ['a\u0085b', 'holds a control character'],
    ['a\ud800b', 'is not valid Unicode'],
    ['ü'.repeat(128), 'holds a name that is too long'],
    ['abc/'.repeat(800) + 'x', 'is too long'],
  ])('is refused: %j', (text, fault) => {
    expect(pathFault(text)).toBe(fault);
  });

  it('that is accepted stays inside the folder it is joined to, for any text', () => {
    const segment = fc.oneof(
      fc.constantFrom('..', '.', '', 'a', 'b', '\\', 'C:', '\u0000'),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
        const text = segments.join('/');
        if (pathFault(text) !== undefined) return;
        const joined = path.posix.join('/store/model', text);
        expect(joined.startsWith('/store/model/')).toBe(true);
        expect(joined).toBe(`/store/model/${text}`);
        expect(path.win32.join('C:\\store', text).startsWith('C:\\store\\')).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the paths of a repository', () => {
  it.each([
    [['a', 'a'], 'is listed twice'],
    [['Config.json', 'config.json'], 'differ only in case'],
    [['\u00fc.txt', 'u\u0308.txt'], 'differ only in case or composition'],
    [['a', 'a/b'], 'is a file, and a folder'],
    [['A', 'a/b'], 'is a file, and a folder'],
    [['A/x', 'a/y'], 'folders "A" and "a" differ only in case'],
  ])('cannot be written side by side: %j', (paths, fault) => {
    expect(pathFaults(paths).join()).toContain(fault);
    expect(pathFaults([...paths].reverse()).join()).not.toBe('');
  });

  it('are fine when they differ', () => {
    expect(pathFaults(['a', 'b', 'c/a', 'c/b', 'c/d/a', 'LICENSE', 'license.md'])).toEqual([]);
  });

  it('are all named in one error', () => {
    expect(() => demandSafePaths('owner/name', ['../a', '/b'])).toThrow(
      'owner/name: path "../a" holds the segment "..";',
    );
  });
});
