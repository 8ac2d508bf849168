import { spawn, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { verifyBundle } from '../../offline-bundle/verify/verify-bundle';
import { reviewJson } from '../../core/canonical-json';
import { buildFarSide } from '../../tools/build-far-side';
import { makeBundle, type MadeBundle, makeKey } from '../offline-bundle/support/make-bundle';
import { witnessed } from '../support/witness';
import { type Row, screenOf } from './hostile/screen';

const key = makeKey();
let scratch: string;
let bundle: MadeBundle;
let damaged: string;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'airlock-commands-'));
  // As the far side runs it, and five times as fast to start as the checkout.
  await writeFile(path.join(scratch, 'airlock.mjs'), (await buildFarSide()).bytes);
  bundle = await makeBundle(path.join(scratch, 'bundle'), { signers: [key] });
  damaged = path.join(scratch, 'damaged');
  await cp(bundle.dir, damaged, { recursive: true });
  await writeFile(path.join(damaged, 'extra.txt'), '');
  await writeFile(path.join(scratch, 'key.pub'), key.publicPem);
  await writeFile(path.join(scratch, 'other.pub'), makeKey().publicPem);
});
afterAll(() => rm(scratch, { recursive: true }));

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function airlock(...words: string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['airlock.mjs', ...words], { cwd: scratch });
    const [stdout, stderr]: [string[], string[]] = [[], []];
    child.stdout.on('data', (part: Buffer) => stdout.push(part.toString()));
    child.stderr.on('data', (part: Buffer) => stderr.push(part.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout: stdout.join(''), stderr: stderr.join('') }));
  });
}

describe('airlock verify', () => {
  it('ends with 0 and one clear line for a good bundle, and writes the report', async () => {
    const ran = await airlock('verify', 'bundle', '--trust', 'key.pub', '--report', 'report.json');
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toMatch(/\nintact: nordlicht sha256:[0-9a-f]{64}: \d+ blobs, .* sealed by [0-9a-f]{16} /);
    const report = await verifyBundle({ dir: bundle.dir, trusted: [key.trusted], threshold: 1 });
    expect(await readFile(path.join(scratch, 'report.json'), 'utf8')).toBe(reviewJson(report));
  });

  it('says of each key that was given which it is, whether it sealed the bundle or not', async () => {
    const trust = ['--trust', 'key.pub', '--trust', 'other.pub', '--threshold'];
    for (const threshold of ['1', '2']) {
      const { stdout } = await airlock('verify', 'bundle', ...trust, threshold);
      expect(stdout).toMatch(
        /^trusted here: key [0-9a-f]{16} \(key\.pub\)\ntrusted here: key [0-9a-f]{16} \(other\.pub\)\n/,
      );
      expect(stdout.split('\n')[0]).toContain(key.trusted.id);
    }
    const { trusted } = JSON.parse((await airlock('verify', 'bundle', '--trust', 'other.pub', '--json')).stdout) as {
      readonly trusted: readonly string[];
    };
    expect(trusted).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
    expect(trusted).not.toContain(key.trusted.id);
  });

  it('ends with 1 and names the file of a damaged one', async () => {
    const { code, stdout } = await airlock('verify', 'damaged', '--trust', 'key.pub');
    expect(code).toBe(1);
    expect(stdout).toContain('extra.txt');
    expect(stdout).toMatch(/\nREFUSED: nordlicht sha256:[0-9a-f]{64}: 1 of \d+ checks failed\n$/);
  });

  it('takes the same key twice for one, and several keys with a threshold', async () => {
    const trust = ['--trust', 'key.pub', '--trust'];
    expect(await airlock('verify', 'bundle', ...trust, 'key.pub')).toMatchObject({ code: 0 });
    expect(await airlock('verify', 'bundle', ...trust, 'other.pub', '--threshold', '1')).toMatchObject({ code: 0 });
    expect(await airlock('verify', 'bundle', ...trust, 'other.pub', '--threshold', '2')).toMatchObject({ code: 1 });
  });

  it('prints the report and nothing else with --json', async () => {
    const { code, stdout, stderr } = await airlock('verify', 'damaged', '--trust', 'key.pub', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ result: 'fail', counts: { fail: 1 } });
    expect(stderr).toBe('');
  });

  it.each([
    [['verify', 'bundle'], /no trusted key/],
    [['verify', 'nowhere', '--trust', 'key.pub'], /no directory/],
    [['verify', 'bundle', '--trust', 'absent.pub'], /no file absent.pub/],
    [['verify', 'bundle', '--trust', 'key.pub', '--threshold', '0'], /whole number/],
    [['verify', 'bundle', '--trust', 'key.pub', '--trust', 'key.pub', '--threshold', '2'], /threshold/],
    [['verify', 'bundle', '--trust', 'key.pub', '--trust', 'other.pub'], /--threshold 1 .* --threshold 2/],
    [
      ['import', 'bundle', '--store', 'never', '--trust', 'key.pub', '--trust', 'other.pub'],
      /2 distinct keys .*\n.*--threshold 1 .* --threshold 2/,
    ],
    [['import', 'bundle', '--trust', 'key.pub'], /--store/],
    [['import', 'bundle', '--store', 'never', '--allow-unsigned'], /--accepted-by/],
  ])('%j is misuse', async (words, message) => {
    const { code, stderr } = await airlock(...words);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) as unknown });
  });
});

describe('airlock import', () => {
  it('ends with 1 for an untrusted bundle, 0 for a good one, 0 again', async () => {
    const untrusted = await airlock('import', 'bundle', '--store', 'store', '--trust', 'other.pub');
    expect(untrusted).toMatchObject({ code: 1 });
    expect(untrusted.stdout).toMatch(/REFUSED: .* nothing of it can be served\n$/);
    const done = await airlock('import', 'bundle', '--store', 'store', '--trust', 'key.pub');
    expect(done).toMatchObject({ code: 0 });
    expect(done.stdout).toMatch(/^imported: nordlicht .*\nnext: airlock mirror --store store\n$/);
    const again = await airlock('import', 'bundle', '--store', 'store', '--trust', 'key.pub', '--json');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(again.stdout)).toMatchObject({ result: 'already imported' });
  });

  it('ends with 3 where the store cannot be written', async () => {
    const { code, stderr } = await airlock('import', 'bundle', '--store', '/proc/store', '--trust', 'key.pub');
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error\[DISK_FULL\]: .*\/proc/);
  });
});

/** Erases what stands above it, says something nice, and hides what follows. */
const SPOOF =
  '\u001b[5A\u001b[J\rintact: nordlicht: 48 blobs, 21.6 MB, 58 checks passed; sealed by 5356a9ebf3bf10bb\n\u001b[8m';

/** The screen of a terminal of so many columns after a command (util-linux, script). */
function seen(words: readonly string[], columns: number): Promise<Row[]> {
  const line = `stty cols ${columns}; exec "${process.execPath}" airlock.mjs ${words.join(' ')}`;
  const args = ['--quiet', '--return', '--command', line, '/dev/null'];
  return screenOf(spawnSync('script', args, { cwd: scratch, encoding: 'utf8' }).stdout.trimEnd(), columns);
}

describe('at a terminal', () => {
  const terminal = witnessed('script', '--version');
  beforeAll(() => makeBundle(path.join(scratch, 'spoofed'), { site: SPOOF }));

  terminal.each([80, 100, 120])(
    'of %d columns, a bundle whose site steers it is REFUSED in the last line, below all that was found',
    async (columns) => {
      const rows = await seen(['verify', 'spoofed', '--trust', 'key.pub'], columns);
      const texts = rows.map(({ text }) => text);
      expect(texts.findLast((text) => /^\S/.test(text))).toMatch(/^REFUSED: \\u\{1b\}\[5A\\u\{1b\}\[J\\u\{d\}intact/);
      expect(texts.filter((text) => text.startsWith('intact'))).toEqual([]);
      for (const found of ['untrusted', 'the bundle has no seal', 'is not a valid lock'])
        expect(texts.some((text) => text.includes(found))).toBe(true);
      expect(rows.filter(({ isBroken }) => isBroken)).toEqual([]);
    },
  );
});
