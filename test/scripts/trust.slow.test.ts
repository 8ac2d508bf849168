import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import type { History } from '../../offline-bundle/history/history';
import { buildFarSide } from '../../tools/build-far-side';
import { makeBundle } from '../offline-bundle/support/make-bundle';
import { witnessed } from '../support/witness';
import { sampleOf } from '../docs/sample';

let scratch: string;
const at = (name: string): string => path.join(scratch, name);
const env = { ...process.env, AIRLOCK_KEY_PASSPHRASE: 'five words drawn by chance' };

beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'airlock-trust-'));
  await writeFile(at('airlock.mjs'), (await buildFarSide()).bytes);
  for (const name of ['release', 'guard', 'gate']) airlock('keys', 'create', '--name', name);
  for (const name of ['one', 'two', 'three', 'four']) {
    await makeBundle(at(name), { site: 'nordlicht', variant: name });
    airlock('bundle', 'sign', name, '--key', 'release.key');
  }
  await writeFile(at('trust.yaml'), policyText({}));
  await writeFile(at('next.yaml'), policyText({ longestDays: 90 }));
}, 120_000);
afterAll(() => rm(scratch, { recursive: true }));

function run(...words: string[]): { readonly code: number | null; readonly out: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['airlock.mjs', ...words], {
    ...{ cwd: scratch, env, encoding: 'utf8' },
  });
  return { code: status, out: stdout + stderr };
}

/** Runs what has to succeed. */
function airlock(...words: string[]): string {
  const { code, out } = run(...words);
  if (code !== 0) throw new Error(`airlock ${words.join(' ')} ended with ${String(code)}: ${out}`);
  return out;
}

const policyText = (more: Readonly<Record<string, unknown>>): string => {
  const key = (name: string, role: string): object => ({
    ...{ name, roles: [role], publicKey: readFileSync(at(`${name}.pub`), 'utf8') },
  });
  const keys = [key('release', 'bundle'), key('guard', 'policy')];
  return stringify({ apiVersion: 'airlock/v1alpha1', kind: 'Trust', sites: ['nordlicht'], keys, ...more });
};

const take = (bundle: string, policy?: string, ...words: string[]) =>
  run('import', bundle, '--store', 'store', ...(policy === undefined ? [] : ['--policy', policy]), ...words);

/** A block of docs/trust.md, run in the folder of the store. */
function shell(start: string): string {
  const script = sampleOf('docs/trust.md', start).replaceAll('gate.pub', '../gate.pub').replaceAll('/tmp/', '../');
  return spawnSync('sh', ['-c', script], { cwd: at('store'), encoding: 'utf8' }).stdout;
}

it('bundles are counted in the ledger beside the key', async () => {
  const { bundles } = JSON.parse(await readFile(at('airlock-ledger.json'), 'utf8')) as {
    readonly bundles: readonly { readonly sequence: number }[];
  };
  expect(bundles.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
});

describe('a store under a policy', () => {
  it('keeps the policy of its first import', () => {
    airlock('verify', 'one', '--policy', 'trust.yaml');
    expect(take('one', 'trust.yaml', '--key', 'gate.key')).toMatchObject({ code: 0 });
    const without = take('two', undefined, '--trust', 'release.pub');
    expect(without).toMatchObject({ code: 1, out: expect.stringContaining('give it with --policy') as string });
    const changed = take('two', 'next.yaml');
    expect(changed).toMatchObject({ code: 1, out: expect.stringContaining('airlock trust sign') as string });
  });

  it('goes over to the next when the keys of the old one sign for it', () => {
    const sign = (key: string) => run('trust', 'sign', 'next.yaml', '--previous', 'trust.yaml', '--key', key);
    expect(sign('release.key')).toMatchObject({
      ...{ code: 1, out: expect.stringContaining('error[POLICY_KEY_UNNAMED]') as string },
    });
    expect(sign('guard.key')).toMatchObject({ code: 0, out: expect.stringContaining('signed by 1 of 1') as string });
    expect(take('two', 'next.yaml')).toMatchObject({ code: 0 });
  });

  it('goes back only with a word, which is kept', () => {
    expect(take('three', 'trust.yaml')).toMatchObject({ code: 1 });
    expect(take('three', 'trust.yaml', '--accept-policy', 'the new one was a slip')).toMatchObject({ code: 0 });
    expect(take('one', 'trust.yaml')).toMatchObject({ code: 0 });
    expect(run('import', 'four', '--store', 'store', '--trust', 'release.pub', '--accept-policy', 'why')).toMatchObject(
      {
        ...{ code: 2, out: expect.stringContaining('--accept-policy says nothing without --policy') as string },
      },
    );
  });

  it('tells all of that, and each record follows the one before', () => {
    const text = airlock('store', 'history', '--store', 'store');
    // Only the first import signed its record.
    const all = run('store', 'history', '--store', 'store', '--trust', 'gate.pub');
    expect(all).toMatchObject({ code: 1, out: expect.stringContaining('00000002.json is signed by nobody') as string });
    expect(text).toContain('policy (the new one was a slip)');
    expect(text).toMatch(/whole: 7 records, each follows the one before; the last is sha256:/);
    const { records } = JSON.parse(
      run('store', 'history', '--store', 'store', '--trust', 'gate.pub', '--json').out,
    ) as History;
    expect(records.map(({ verdict, reasons, signature }) => [verdict, ...reasons, signature])).toEqual([
      ['taken', 'verified'],
      ['refused', 'policy-needed', 'none'],
      ['refused', 'policy-changed', 'none'],
      ['taken', 'none'],
      ['refused', 'policy-changed', 'none'],
      ['taken', 'none'],
      ['taken', 'none'],
    ]);
  });

  witnessed('openssl', 'version')('is told the same by sha256sum and openssl alone', () => {
    expect(shell('before=null')).toBe('');
    expect(shell('record=history/')).toBe('Verified OK\n');
  });

  it('names the record that was changed', async () => {
    const file = at('store/history/00000004.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('nordlicht', 'nordlichs'));
    expect(run('store', 'history', '--store', 'store')).toMatchObject({
      ...{ code: 1, out: expect.stringContaining('BROKEN at history/00000004.json') as string },
    });
    expect(shell('before=null')).toContain('history/00000004.json was changed\n');
  });
});
