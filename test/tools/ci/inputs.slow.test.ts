import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inputsOf, isUnusedCommand } from '../../../tools/ci/inputs';
import { Sandbox } from '../../../tools/ci/sandbox';
import { type Tier, TIERS } from '../../../tools/ci/tiers';

const ROOT = path.resolve(__dirname, '../../..');
/** The checkout without git, which a machine with Node alone lacks. */
const below = (folder: string): string[] =>
  readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (['node_modules', '.git', '.cache', 'dist', 'cdktf.out'].includes(entry.name)) return [];
    return entry.isDirectory() ? below(file) : [file];
  });
const files = below('');
const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** The TypeScript program that an npm script starts. */
const programOf = (name: string): string => /(?:tsx|jest -c) (\S+)/.exec(scripts[name] ?? '')?.[1] ?? '';

let inputs: ReadonlyMap<string, readonly string[]>;
beforeAll(async () => {
  inputs = await inputsOf(TIERS, ROOT, files);
});

describe.each(TIERS.map((tier) => [tier.name, tier] as const))('the inputs of %s', (name, tier) => {
  it('hold its own program, the lock file and nothing that does not exist', () => {
    const found = inputs.get(name) ?? [];
    expect(found).toContain(programOf(name));
    expect(found).toContain('package-lock.json');
    expect(found.filter((file) => !files.includes(file))).toEqual([]);
  });

  it('hold the launcher and the charts where it starts commands', () => {
    const found = inputs.get(name) ?? [];
    const needed = files.filter(
      (file) => tier.commands !== undefined && /^(scripts\/.*\.[cm]js|charts\/.*)$/.test(file),
    );
    expect(found).toEqual(expect.arrayContaining(needed));
  });

  it('hold each command of the command line that it starts, and no other', () => {
    const { commands = [] } = tier;
    const all = readdirSync(path.join(ROOT, 'scripts/commands')).map((file) => path.parse(file).name);
    const expected = commands === 'all' ? all : all.filter((command) => commands.includes(command));
    const found = (inputs.get(name) ?? []).filter((file) => file.startsWith('scripts/commands/'));
    expect(found.map((file) => path.parse(file).name).sort()).toEqual([...expected].sort());
  });
});

it('every room of the kit is an input of some tier', () => {
  const rooms = [
    'core',
    'catalog',
    'site',
    'engines',
    'gateway',
    'telemetry',
    'constructs',
    'stacks',
    'offline-bundle',
    'audit',
    'cluster',
  ];
  const known = [...inputs.values()].flat();
  expect(rooms.filter((room) => !known.some((file) => file.startsWith(`${room}/`)))).toEqual([]);
});

it('the audit is no input of the tiers that run no audit', () => {
  const withAudit = TIERS.filter(({ name }) => inputs.get(name)?.includes('audit/evaluate.ts')).map(({ name }) => name);
  expect(withAudit).toEqual(TIERS.filter(({ commands }) => commands === 'all').map(({ name }) => name));
});

describe('in a small checkout', () => {
  let root: string;
  const tier: Tier = { name: 't', inputs: ['t/**', 'data/*.json'], programs: [], coldSeconds: 1 };
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'ci-inputs-'));
    for (const common of ['package.json', 'package-lock.json', 'tsconfig.json']) write(common, '{}');
    write('.npmrc', '');
    write('LICENSE', '');
    write('t/run.mts', "import { a } from '../lib/a.js'; import data from '../lib/d.json'; console.log(a, data);");
    write('lib/a.ts', "import type { T } from './types'; export const a: T = 1; void import('./late');");
    write('lib/late.ts', 'export {};');
    write('lib/d.json', '{}');
    write('lib/types.ts', 'export type T = number;');
    write('lib/unused.ts', 'export {};');
    write('data/x.json', '{}');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const all = (): string[] =>
    (
      readdirSync(root, { recursive: true, withFileTypes: true }) as {
        isFile(): boolean;
        parentPath: string;
        name: string;
      }[]
    )
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
  const own = async (): Promise<string[]> =>
    ((await inputsOf([tier], root, all())).get('t') ?? []).filter((file) => file.includes('/'));

  it('follows imports, late ones and data among them, and leaves out what is only a type', async () => {
    expect(await own()).toEqual(['data/x.json', 'lib/a.ts', 'lib/d.json', 'lib/late.ts', 't/run.mts']);
  });

  it('says which glob matches nothing', async () => {
    rmSync(path.join(root, 'data'), { recursive: true });
    await expect(own()).rejects.toThrow('t: no file matches data/*.json');
  });

  it('a tier that starts commands and lists none is refused: what they read would be missing', async () => {
    write('test/harness/airlock.mts', '');
    write('t/run.mts', "import '../test/harness/airlock.mjs';");
    await expect(own()).rejects.toThrow(
      't reaches test/harness/airlock.mts, which starts commands of airlock: list them',
    );
  });

  it('a sandbox holds the inputs alone, and nothing of what was there before', () => {
    mkdirSync(path.join(root, 'node_modules/p'), { recursive: true });
    write('node_modules/p/index.js', '');
    const sandbox = new Sandbox(root);
    const listed = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    try {
      writeFileSync(path.join(sandbox.fill(['t/run.mts', 'lib/a.ts']), 'left-over'), '');
      const folder = sandbox.fill(['data/x.json']);
      expect(listed(folder)).toEqual([
        'data',
        'data/x.json',
        'node_modules',
        'node_modules/p',
        'node_modules/p/index.js',
      ]);
    } finally {
      sandbox.remove();
    }
  });
});

describe('a command of the command line', () => {
  const line = 'scripts/airlock.mts';
  it('is unused where a tier starts others', () => {
    expect(isUnusedCommand({ commands: ['lock'] }, line, 'scripts/commands/audit.mts')).toBe(true);
    expect(isUnusedCommand({}, line, 'scripts/commands/audit.mts')).toBe(true);
  });
  it('is used where it is started, where all are, and where another command imports it', () => {
    expect(isUnusedCommand({ commands: ['audit'] }, line, 'scripts/commands/audit.mts')).toBe(false);
    expect(isUnusedCommand({ commands: 'all' }, line, 'scripts/commands/audit.mts')).toBe(false);
    expect(isUnusedCommand({}, 'scripts/commands/lock.mts', 'scripts/commands/audit.mts')).toBe(false);
    expect(isUnusedCommand({}, line, 'scripts/ui/output.mts')).toBe(false);
  });
});
