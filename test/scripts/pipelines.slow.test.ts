/** The two scripts of one page, with a stand-in that notes how it was called: quoting, misuse and exit codes are theirs. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
/** Notes its words, makes what `bundle extract-record` would, and fails where it is told to. */
const STAND_IN = `
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
const words = process.argv.slice(2);
appendFileSync('calls', JSON.stringify(words) + '\\n');
if (words[1] === 'extract-record') {
  const out = words[words.indexOf('--out') + 1];
  mkdirSync(out, { recursive: true });
  for (const name of ['site.yaml', 'airlock.lock.json']) writeFileSync(out + '/' + name, process.env.RECORD ?? 'one');
}
process.exit(words[0] === process.env.FAIL ? 7 : 0);
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'airlock-pipelines-'));
  writeFileSync(path.join(folder, 'airlock.cjs'), STAND_IN);
  writeFileSync(path.join(folder, 'enclave.yaml'), '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(script: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const program = [require.resolve('tsx/cli'), path.join(ROOT, 'scripts', script), '--airlock', 'node airlock.cjs'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  const file = path.join(folder, 'calls');
  const calls = existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as string[])
    : [];
  return { status, calls, said: stdout + stderr };
}

/** Called as a program whose path holds blanks, however that is quoted. */
function runOdd(script: string, words: readonly string[], airlock: string) {
  mkdirSync(path.join(folder, 'my kit'));
  writeFileSync(path.join(folder, 'my kit', 'airlock.cjs'), STAND_IN);
  return run(script, [...words, '--airlock', airlock]);
}

const QUOTED = [`node "my kit/airlock.cjs"`, `node 'my kit/airlock.cjs'`, `node my' 'kit/airlock.cjs`];
const UNCLOSED = [`node "my kit/airlock.cjs`, `node 'x`, `it's`, '', '  '];

const NEAR = ['--key', 'k', '--public-key', 'p'];
const FAR = ['--bundle', 'b', '--trust', 'p'];
const ODD = `b'; touch pwned; echo '$HOME "x" \`id\` * \\ ü`;

describe('scripts/offline-bundle.mts', () => {
  it('checks the lock, says what there is to do, seals and verifies', () => {
    const { status, calls } = run('offline-bundle.mts', [...NEAR, '--sequence', '2']);
    expect([status, calls.map((words) => words.slice(0, 2))]).toEqual([
      0,
      [
        ['lock', '--site'],
        ['bundle', 'create'],
        ['bundle', 'create'],
        ['verify', 'bundle'],
      ],
    ]);
    expect(calls[0]).toContain('--check');
    expect(calls[1]).toContain('--dry-run');
    expect(calls[2]).toEqual(expect.arrayContaining(['--key', 'k', '--sequence', '2']));
  });

  it.each([['--out'], ['--site'], ['--lock'], ['--key'], ['--public-key']])(
    'passes an odd %s on as it is',
    (option) => {
      const { status, calls } = run('offline-bundle.mts', [...NEAR, option, ODD]);
      expect(status).toBe(0);
      expect(calls.flat()).toContain(ODD);
      expect(existsSync(path.join(folder, 'pwned'))).toBe(false);
    },
  );

  it.each([[[]], [['--key', 'k']], [[...NEAR, '--sequense', '2']], [[...NEAR, 'word']]])('refuses %j', (words) => {
    expect(run('offline-bundle.mts', words)).toMatchObject({ status: 2, calls: [] });
  });

  it.each(QUOTED)('calls Airlock as %s', (airlock) => {
    expect(runOdd('offline-bundle.mts', NEAR, airlock)).toMatchObject({ status: 0, calls: { length: 4 } });
  });

  it.each(UNCLOSED)('refuses %j for Airlock', (airlock) => {
    const { status, calls, said } = runOdd('offline-bundle.mts', NEAR, airlock);
    expect([status, calls]).toEqual([2, []]);
    expect(said).toMatch(/close each quote/);
  });

  it('ends with the exit code of what failed, and goes no further', () => {
    expect(run('offline-bundle.mts', NEAR, { FAIL: 'bundle' })).toMatchObject({ status: 7, calls: { length: 2 } });
  });
});

describe('scripts/deliver.mts', () => {
  it('verifies, imports, takes site and lock out, synthesizes and audits', () => {
    const { status, calls } = run('deliver.mts', [...FAR, '--trust', 'second', '--threshold', '2']);
    expect([status, calls.map(([verb]) => verb)]).toEqual([0, ['verify', 'import', 'bundle', 'synth', 'audit']]);
    for (const words of calls.slice(0, 3)) expect(words.join(' ')).toContain('--trust p --trust second --threshold 2');
  });

  it.each([['--bundle'], ['--store'], ['--trust']])('passes an odd %s on as it is', (option) => {
    const { status, calls } = run('deliver.mts', [...FAR, option, ODD]);
    expect(status).toBe(0);
    expect(calls.flat()).toContain(ODD);
    expect(existsSync(path.join(folder, 'pwned'))).toBe(false);
  });

  it.each(QUOTED)('calls Airlock as %s', (airlock) => {
    expect(runOdd('deliver.mts', FAR, airlock)).toMatchObject({ status: 0, calls: { length: 5 } });
  });

  it.each(UNCLOSED)('refuses %j for Airlock', (airlock) => {
    expect(runOdd('deliver.mts', FAR, airlock)).toMatchObject({ status: 2, calls: [] });
  });

  it.each(['import', 'synth', 'audit'])('goes on after a run in which %s failed', (verb) => {
    expect(run('deliver.mts', FAR, { FAIL: verb }).status).toBe(7);
    const { status, calls } = run('deliver.mts', FAR);
    expect([status, calls.slice(-5).map(([word]) => word)]).toEqual([
      0,
      ['verify', 'import', 'bundle', 'synth', 'audit'],
    ]);
  });

  it('mixes no two bundles in one folder, and says how to go on', () => {
    expect(run('deliver.mts', FAR).status).toBe(0);
    const { status, said } = run('deliver.mts', FAR, { RECORD: 'another' });
    expect(status).toBe(2);
    expect(said).toMatch(/is not that of this bundle: name another folder with --out/);
    expect(readFileSync(path.join(folder, 'site', 'site.yaml'), 'utf8')).toBe('one');
  });

  it('takes odd folders for what it writes', () => {
    mkdirSync(path.join(folder, 'a b'));
    expect(run('deliver.mts', [...FAR, '--out', "a b/it's"]).status).toBe(0);
    expect(existsSync(path.join(folder, "a b/it's/enclave.yaml"))).toBe(true);
  });

  it.each([
    [['--bundle', 'b']],
    [[...FAR, '--treshold', '2']],
    [[...FAR, 'second.pub']],
    [[...FAR, '--enclave', 'no']],
  ])('refuses %j before anything is done', (words) => {
    expect(run('deliver.mts', words)).toMatchObject({ status: 2, calls: [] });
  });

  it.each(['verify', 'import', 'synth', 'audit'])('ends with the exit code of %s where it fails', (verb) => {
    const { status, calls } = run('deliver.mts', FAR, { FAIL: verb });
    expect([status, calls.at(-1)?.[0]]).toEqual([7, verb]);
  });
});
