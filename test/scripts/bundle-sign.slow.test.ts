import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { SignResult } from '../../offline-bundle/bundle/sign';
import { createKeyPair, loadTrustedKey } from '../../offline-bundle/trust/keys';
import { verifyBundle } from '../../offline-bundle/verify/verify-bundle';
import { makeBundle } from '../offline-bundle/support/make-bundle';
import { ROOT } from './support/commands';

const PASSPHRASE = 'a long passphrase';
const { privatePem, publicPem } = createKeyPair(PASSPHRASE);
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'airlock-sign-'));
  await writeFile(path.join(scratch, 'signer.key'), privatePem, { mode: 0o600 });
});
afterAll(() => rm(scratch, { recursive: true }));

function sign(bundle: string, ...words: string[]): SignResult {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(ROOT, 'scripts/airlock.cjs'), 'bundle', 'sign', bundle, '--key', 'signer.key', '--json', ...words],
    { cwd: scratch, encoding: 'utf8', env: { ...process.env, AIRLOCK_KEY_PASSPHRASE: PASSPHRASE } },
  );
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return JSON.parse(stdout) as SignResult;
}

describe('airlock bundle sign', () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  it.each([
    ['nothing', [], 1, null],
    ['no bundle before it', ['--previous', 'none'], 1, null],
    ['a sequence, and no bundle before it', ['--sequence', '2', '--previous', 'none'], 2, null],
    ['a sequence, and the bundle before it', ['--sequence', '2', '--previous', digest], 2, digest],
  ])('seals what verifies, told %s', async (what, words, sequence, previous) => {
    const dir = path.join(scratch, what);
    await makeBundle(dir);
    expect(sign(dir, ...words).statement).toMatchObject({ sequence, previous });
    const { result } = await verifyBundle({ dir, trusted: [loadTrustedKey(publicPem)], threshold: 1 });
    expect(result).toBe('pass');
  });
});
