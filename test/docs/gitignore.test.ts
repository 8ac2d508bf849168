/** Nothing that the commands of our pages write, as they are typed in the checkout, is offered to `git add`. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { witnessed } from '../support/witness';

const ROOT = path.join(__dirname, '../..');

/** Lines of shell samples, with what continues them. */
const commands = ['README.md', 'docs/quickstart.md', 'docs/deploy.md', 'docs/operations.md'].flatMap((page) =>
  [...readFileSync(path.join(ROOT, page), 'utf8').matchAll(/```sh\n([^]*?)```|`(npx airlock [^`]*)`/g)].flatMap(
    ([, block, span]) => (block ?? span ?? '').split('\n'),
  ),
);

/** What a line says that it writes. */
const named = commands.flatMap((line) =>
  [...line.replace(/#.*$/, '').matchAll(/(?:--out |--dir |--passphrase-file |--key |[^-<]>\s*)([a-z][\w./-]*)/g)].map(
    ([, file = '']) => file,
  ),
);

/** What commands write where nothing is said. */
const byDefault = ['bundle', 'bundle.partial', 'cdktf.out', 'cdktf.retired', 'deployments', 'state/serving.tfstate'];

/** Of a folder, something in it. */
const inside = (file: string): string => (/\.(?:key|tfstate|txt)$|^passphrase$/.test(file) ? file : `${file}/x`);

/** Written to be read: a site's own files and reports are for people to keep. */
const KEPT = ['change.txt'];

const written = [...new Set([...named, ...byDefault])].filter((file) => !KEPT.includes(file));

/** As it is typed in the checkout, and in the site's folder. */
const typedAs = (file: string): string[] => [inside(file), path.join('my-site', inside(file))];

/** Files that belong to the project. */
const OURS = [
  'README.md',
  'site/site.ts',
  'offline-bundle/bundle/create.ts',
  'examples/edge-cpu/site.yaml',
  'cluster/deployments/archive.ts',
];

describe('.gitignore', () => {
  const git = witnessed('git', '--version');
  let folder: string;
  let ignored: ReadonlySet<string>;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'airlock-gitignore-'));
    copyFileSync(path.join(ROOT, '.gitignore'), path.join(folder, '.gitignore'));
    execFileSync('git', ['init', '--quiet', folder]);
    // Of many files at once, it names those that it ignores.
    const input = [...written.flatMap(typedAs), ...OURS].join('\0');
    const { stdout } = spawnSync('git', ['check-ignore', '--stdin', '-z'], { cwd: folder, input, encoding: 'utf8' });
    ignored = new Set(stdout.split('\0'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is asked about the keys, the passphrase and the bundles of the pages', () => {
    expect(written).toEqual(
      expect.arrayContaining(['keys', 'keys/release.key', 'passphrase', 'bundle', 'bundle-2', 'my-site']),
    );
  });

  git.each(written)('covers %s, in the checkout and in the site’s folder', (file) => {
    expect(typedAs(file).filter((typed) => !ignored.has(typed))).toEqual([]);
  });

  git.each(OURS)('leaves %s of ours alone', (file) => {
    expect(ignored.has(file)).toBe(false);
  });
});
