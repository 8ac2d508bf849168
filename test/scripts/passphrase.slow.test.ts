import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { quote } from 'shell-quote';
import { loadPrivateKey } from '../../offline-bundle/trust/keys';
import { witnessed } from '../support/witness';
import { ROOT } from './support/commands';

const AIRLOCK = path.join(ROOT, 'scripts/airlock.cjs');
const SECRET = 'correct horse battery';
const QUESTION = /(?:Passphrase of \S+|The same again): $/;

interface Told {
  readonly status: number | null;
  /** All that the terminal showed. */
  readonly shown: string;
}

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'airlock-passphrase-'))));
afterEach(() => rm(folder, { recursive: true }));

const withoutPassphrase = (): NodeJS.ProcessEnv => ({ ...process.env, AIRLOCK_KEY_PASSPHRASE: '' });

/** Runs a command on a terminal of its own (util-linux, script), and types an answer at each question. */
function atTerminal(words: readonly string[], answers: readonly string[], env = withoutPassphrase()): Promise<Told> {
  const line = quote([process.execPath, AIRLOCK, ...words]);
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', line, '/dev/null'], {
    cwd: folder,
    env,
  });
  const left = [...answers];
  let shown = '';
  let since = '';
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
      since += text;
      if (!QUESTION.test(since)) return;
      since = '';
      child.stdin.write(left.shift() ?? '\x04');
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, shown }));
  });
}

const create = ['keys', 'create', '--name', 'release'];
const opened = (passphrase: string) => () =>
  loadPrivateKey(readFileSync(path.join(folder, 'release.key'), 'utf8'), passphrase);

describe('the passphrase of a key, at a terminal', () => {
  const terminal = witnessed('script', '--version');

  terminal('is asked for twice where a key is made, and never shown', async () => {
    const { status, shown } = await atTerminal(create, [`${SECRET}\r`, `${SECRET}\r`]);
    expect([status, shown]).toEqual([0, expect.stringContaining('private  release.key')]);
    expect(shown).toMatch(/^Passphrase of release: \r\nThe same again: \r\nkey /);
    expect(opened(SECRET)).not.toThrow();
  });

  terminal('makes no key where it was not the same twice, or nobody typed one', async () => {
    const slip = await atTerminal(create, [`${SECRET}\r`, `${SECRET}!\r`]);
    expect(slip).toMatchObject({
      status: 2,
      shown: expect.stringContaining('the passphrases are not the same') as unknown,
    });
    for (const key of ['\x03', '\x04'])
      expect(await atTerminal(create, [key])).toMatchObject({
        status: 2,
        shown: expect.stringContaining('no passphrase was given') as unknown,
      });
    expect(existsSync(path.join(folder, 'release.key'))).toBe(false);
  });

  terminal('is asked for once where a key signs', async () => {
    spawnSync(process.execPath, [AIRLOCK, ...create], {
      cwd: folder,
      env: { ...process.env, AIRLOCK_KEY_PASSPHRASE: SECRET },
    });
    const sign = ['bundle', 'sign', 'nowhere', '--key', 'release.key'];
    const wrong = await atTerminal(sign, ['another one\r']);
    expect(wrong).toMatchObject({ status: 2, shown: expect.stringContaining('wrong passphrase') as unknown });
    const right = await atTerminal(sign, [`${SECRET}\r`]);
    expect(right.shown).toMatch(/^Passphrase of release\.key: \r\nerror\[(?!PASSPHRASE)\w+\]: /);
  });

  terminal('is not asked for with --json, nor where a variable or a file has it', async () => {
    const json = await atTerminal([...create, '--json'], []);
    expect([json.status, json.shown]).toEqual([2, expect.stringContaining('no passphrase was given')]);
    const variable = await atTerminal(create, [], { ...process.env, AIRLOCK_KEY_PASSPHRASE: SECRET });
    expect([json.shown, variable.shown].filter((shown) => shown.includes('Passphrase of'))).toEqual([]);
    expect(opened(SECRET)).not.toThrow();
  });
});

it('is not asked for where there is no terminal', () => {
  const { status, stderr } = spawnSync(process.execPath, [AIRLOCK, ...create], {
    cwd: folder,
    env: withoutPassphrase(),
    input: `${SECRET}\n${SECRET}\n`,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/^error\[PASSPHRASE_MISSING\]: no passphrase was given\nfix: /),
  ]);
});
