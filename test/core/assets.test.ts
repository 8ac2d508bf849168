import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { assetFolder, ASSETS, assetText, kitVersion, readAssets } from '../../core/assets';

const ROOT = path.join(__dirname, '..', '..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

it('gives the text of a file, byte for byte', () => {
  expect(assetText('gateway/litellm/airlock_policy.py')).toBe(read('gateway/litellm/airlock_policy.py'));
});

it('gives every file of a folder, in the folders below it too, sorted', () => {
  const files = readdirSync(path.join(ROOT, 'charts/envelope'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(path.join(ROOT, 'charts/envelope'), path.join(entry.parentPath, entry.name)))
    .sort();
  expect(files).toContain('templates/objects.yaml');
  expect([...assetFolder('charts/envelope')]).toEqual(files.map((file) => [file, read(`charts/envelope/${file}`)]));
});

it('knows the version of the kit', () => {
  expect(kitVersion()).toBe((JSON.parse(read('package.json')) as { version: string }).version);
});

it.each(ASSETS)('has something of %s', (asset) => {
  const texts = Object.entries(readAssets(ROOT)).filter(([file]) => file === asset || file.startsWith(`${asset}/`));
  expect(texts.length).toBeGreaterThan(0);
});
