import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { licensesOf, packageFolders } from '../../../tools/far-side/licenses';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'airlock-licenses-'));
  await add('.', { name: 'whole', version: '1.0.0', license: 'Apache-2.0' }, { LICENSE: 'Apache' });
});
afterEach(() => rm(root, { recursive: true }));

async function add(folder: string, manifest: object, files: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(path.join(root, folder), { recursive: true });
  await writeFile(path.join(root, folder, 'package.json'), JSON.stringify(manifest));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(root, folder, name), text);
  return `${folder}/index.js`;
}

it('finds the package of each input, nested and scoped ones too', () => {
  const inputs = [
    'core/a.ts',
    'node_modules/a/lib/b.js',
    'node_modules/@s/c/d.js',
    'node_modules/a/node_modules/e/f.js',
  ];
  expect(packageFolders([...inputs, ...inputs])).toEqual([
    'node_modules/@s/c',
    'node_modules/a',
    'node_modules/a/node_modules/e',
  ]);
});

it('keeps each text once, whatever its line ends, and notices beside licenses', async () => {
  const manifest = { version: '2.0.0', license: 'MIT' };
  const inputs = [
    await add('node_modules/a', { name: 'a', ...manifest }, { LICENSE: 'MIT\r\ntext\n', NOTICE: 'notice' }),
    await add('node_modules/b', { name: 'b', ...manifest, repository: { url: 'r' } }, { 'license.md': 'MIT\ntext' }),
  ];
  expect(await licensesOf(root, inputs)).toEqual({
    packages: [
      { name: 'a', ...manifest, texts: [1, 2] },
      { name: 'b', ...manifest, source: 'r', texts: [1] },
      { name: 'whole', version: '1.0.0', license: 'Apache-2.0', texts: [0] },
    ],
    texts: ['Apache', 'MIT\ntext', 'notice'],
  });
});

it.each([
  ['a license without its text', { license: 'MIT' }, { 'README.md': 'MIT' }],
  ['a text without a stated license', {}, { LICENSE: 'MIT' }],
])('fails for %s, and names the package', async (_what, manifest, files) => {
  const input = await add('node_modules/bad', { name: 'bad', version: '1.0.0', ...manifest }, files);
  await expect(licensesOf(root, [input])).rejects.toThrow('node_modules/bad');
});
