import fc from 'fast-check';
import path from 'node:path';
import { canonicalJson } from '../../../core/canonical-json';
import { digestOf } from '../../../core/digest';
import { isSafePath, modelFiles } from '../../../offline-bundle/weights/model-files';
import { parseContentReference, parseMirrorUrl } from '../../../offline-bundle/weights/content-source';

const layer = (title: string | undefined, size = 1): object => ({
  mediaType: 'application/octet-stream',
  digest: digestOf('x'),
  size,
  ...(title === undefined ? {} : { annotations: { 'org.opencontainers.image.title': title } }),
});

const read = (layers: unknown): ReturnType<typeof modelFiles> => {
  const bytes = canonicalJson({ schemaVersion: 2, layers });
  return modelFiles(bytes, digestOf(bytes));
};

describe('the manifest of a model', () => {
  it('lists files', () => {
    expect(read([layer('config.json'), layer('a/b/c.bin', 7)])).toEqual([
      { path: 'config.json', digest: digestOf('x'), size: 1 },
      { path: 'a/b/c.bin', digest: digestOf('x'), size: 7 },
    ]);
  });

  it('must be the one that was asked for', () => {
    expect(() => modelFiles(Buffer.from('{"layers":[]}'), digestOf('other'))).toThrow(
      /has digest sha256:.* not sha256/,
    );
  });

  it.each([
    ['no files', []],
    ['no list', 'layers'],
    ['a layer without a name', [layer(undefined)]],
    ['a negative size', [layer('a', -1)]],
    ['a path that leaves the folder', [layer('../a')]],
    ['an absolute path', [layer('/etc/passwd')]],
    ['the folder of unfinished files', [layer('.airlock-partial/a')]],
    ['a file twice', [layer('a'), layer('a')]],
    ['a file where a folder must be', [layer('a'), layer('a/b')]],
  ])('is refused with %s', (_what, layers) => {
    expect(() => read(layers)).toThrow(expect.objectContaining({ kind: 'check' }) as Error);
  });
});

describe('isSafePath', () => {
  it.each(['a', 'a/b', 'a b/ü.json', '.gitattributes', '..a', 'a..b/c'])('accepts %s', (text) => {
    expect(isSafePath(text)).toBe(true);
  });

  it.each(['', '.', '..', 'a/..', 'a//b', 'a/', '/a', './a', 'a\\b', 'a\0b', 'a\nb', '.airlock-partial'])(
    'refuses %j',
    (text) => {
      expect(isSafePath(text)).toBe(false);
    },
  );

  it('accepts nothing that resolves to a place outside or to another name', () => {
    const part = fc.constantFrom('..', '.', '', 'a', '/', '\\', '...', '\u0000', 'b c');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const text = parts.join('/');
        return !isSafePath(text) || path.posix.join('/base', text) === `/base/${text}`;
      }),
    );
  });
});

describe('arguments', () => {
  it('are a model with the digest of its manifest, and the address of a mirror', () => {
    const manifest = digestOf('x');
    expect(parseContentReference('model', `gpt-oss-20b@${manifest}`)).toEqual({
      kind: 'model',
      name: 'gpt-oss-20b',
      manifest,
    });
    expect(parseMirrorUrl('https://mirror.internal:8443').host).toBe('mirror.internal:8443');
  });

  it.each(['tiny', 'tiny@sha256:0', `Tiny@${digestOf('x')}`, `a/b@${digestOf('x')}`, `@${digestOf('x')}`])(
    'refuse the model "%s"',
    (text) => {
      expect(() => parseContentReference('model', text)).toThrow(/is not a model/);
    },
  );

  it.each(['mirror.internal', 'ftp://mirror.internal', 'https://u@mirror.internal', 'https://mirror.internal/?a'])(
    'refuse the mirror "%s"',
    (text) => {
      expect(() => parseMirrorUrl(text)).toThrow(/is not the address of a mirror/);
    },
  );
});
