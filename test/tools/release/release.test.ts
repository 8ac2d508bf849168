import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { notesOf } from '../../../tools/release/notes';
import { sbomOf, type SbomInput } from '../../../tools/release/sbom';
import { writeRelease } from '../../../tools/release/write';

const CHANGELOG = '# airlock\n\n## 0.2.0\n\n### Minor Changes\n\n- new\n\n## 0.1.0\n\nThe first.\n';

describe('the notes of a release', () => {
  it('are the section of its version alone', () => {
    expect(notesOf(CHANGELOG, '0.2.0')).toBe('# Airlock 0.2.0\n\n### Minor Changes\n\n- new\n');
    expect(notesOf(CHANGELOG, '0.1.0')).toBe('# Airlock 0.1.0\n\nThe first.\n');
  });

  it.each(['0.2', '0.3.0', ''])('are refused for %j, of which the changelog says nothing', (version) => {
    expect(() => notesOf(CHANGELOG, version)).toThrow(/changeset version/);
  });

  it('are there for the version of the checkout', async () => {
    const root = path.join(__dirname, '..', '..', '..');
    const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { version: string };
    expect(notesOf(await readFile(path.join(root, 'CHANGELOG.md'), 'utf8'), version)).toContain(version);
  });
});

describe('the bill of materials', () => {
  const input: SbomInput = {
    ...{ name: 'airlock', version: '0.2.0', license: 'Apache-2.0' },
    files: new Map([['airlock.mjs', '0'.repeat(64)]]),
    bundled: [{ name: '@scope/inside', version: '1.0.0', license: 'MIT', texts: [] }],
    lock: {
      packages: {
        '': { version: '0.2.0' },
        'node_modules/@scope/inside': {
          version: '1.0.0',
          dev: true,
          integrity: `sha512-${Buffer.alloc(64, 7).toString('base64')}`,
        },
        'node_modules/needed': { version: '2.0.0', license: 'see LICENSE, please' },
        'node_modules/needed/node_modules/below': { version: '3.0.0' },
        'node_modules/tool': { version: '4.0.0', dev: true },
      },
    },
  };
  const components = (text: string): Record<string, unknown>[] =>
    (JSON.parse(text) as { components: Record<string, unknown>[] }).components;

  it('names what is inside, what is needed, and the files; no tool of developers', () => {
    expect(components(sbomOf(input)).map(({ name }) => name)).toEqual([
      'airlock.mjs',
      '@scope/inside',
      'below',
      'needed',
    ]);
  });

  it('has the digest that npm knows, and the license as it is stated', () => {
    const [, inside, , needed] = components(sbomOf(input));
    expect(inside).toMatchObject({
      purl: 'pkg:npm/%40scope/inside@1.0.0',
      hashes: [{ alg: 'SHA-512', content: '07'.repeat(64) }],
      licenses: [{ expression: 'MIT' }],
    });
    expect(needed).toMatchObject({ licenses: [{ license: { name: 'see LICENSE, please' } }] });
  });

  it('is the same whatever the order of its input', () => {
    const lock = { packages: Object.fromEntries(Object.entries(input.lock.packages).reverse()) };
    expect(sbomOf({ ...input, lock })).toBe(sbomOf(input));
  });
});

describe('the folder of a release', () => {
  const files = new Map([
    ['airlock.mjs', Buffer.from('program')],
    ['SHA256SUMS', Buffer.from('sums')],
  ]);
  const signature = `${'0'.repeat(16)}.SHA256SUMS.sig`;
  let folder: string;
  beforeEach(async () => (folder = path.join(await mkdtemp(path.join(tmpdir(), 'airlock-release-')), 'out')));
  afterEach(() => rm(path.dirname(folder), { recursive: true }));

  it('is made, and found whole by whoever makes it again, with the signatures of others', async () => {
    await writeRelease(files, folder);
    await writeFile(path.join(folder, signature), 'x');
    await rm(path.join(folder, 'airlock.mjs'));
    await writeRelease(files, folder);
    expect((await readdir(folder)).sort()).toEqual([signature, 'SHA256SUMS', 'airlock.mjs']);
    expect((await stat(path.join(folder, 'airlock.mjs'))).mode & 0o111).not.toBe(0);
  });

  it.each([...files.keys()])('is refused where %s has another byte, and nothing is overwritten', async (name) => {
    await writeRelease(files, folder);
    await writeFile(path.join(folder, name), 'other');
    await expect(writeRelease(files, folder)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    expect(await readFile(path.join(folder, name), 'utf8')).toBe('other');
  });

  it('is refused where it holds something else', async () => {
    await writeRelease(files, folder);
    await writeFile(path.join(folder, 'notes.txt'), '');
    await expect(writeRelease(files, folder)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  });
});
