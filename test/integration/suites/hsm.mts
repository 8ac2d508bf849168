/** A key that never leaves a token: SoftHSM by PKCS #11, with the recipe of docs/trust.md as it is printed there. */
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sampleOf } from '../../docs/sample.js';
import { mustRun, type Ran, run, tail } from '../../harness/processes.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import type { Journey } from '../journey/journey.mjs';
import { airlock } from '../journey/kit.mjs';

const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const PIN = '246810';
const TOKEN = ['--module', MODULE, '--token-label', 'airlock'];

interface Token {
  readonly folder: string;
  readonly publicKey: string;
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A token with one key on P-256, its public half, and the signer command. */
async function makeToken(): Promise<Token> {
  const folder = await makeFolder('hsm');
  const config = path.join(folder, 'softhsm2.conf');
  const env = { SOFTHSM2_CONF: config, PIN };
  await mustRun('mkdir', [path.join(folder, 'tokens')]);
  await writeFile(config, `directories.tokendir = ${path.join(folder, 'tokens')}\n`);
  const init = ['--init-token', '--free', '--label', 'airlock', '--so-pin', '13579135', '--pin', PIN];
  await mustRun('softhsm2-util', init, { env });
  const pair = ['--login', '--pin', PIN, '--keypairgen', '--key-type', 'EC:prime256v1', '--label', 'release'];
  await mustRun('pkcs11-tool', [...TOKEN, ...pair, '--id', '01'], { env });
  await mustRun('sh', ['-ec', sampleOf('docs/trust.md', 'pkcs11-tool --module "$MODULE"')], {
    cwd: folder,
    env: { ...env, MODULE },
  });
  const command = path.join(folder, 'sign-by-token');
  await writeFile(command, sampleOf('docs/trust.md', '#!/bin/sh'));
  await chmod(command, 0o755);
  return { folder, publicKey: path.join(folder, 'release.pub'), command, env };
}

export async function hsm(suite: Suite, { bundle, folder, far }: Journey): Promise<void> {
  const token = await makeToken();
  const copy = path.join(folder, 'by-token');
  await mustRun('cp', ['-al', bundle, copy]);
  await mustRun('rm', ['-r', path.join(copy, 'seals')]);
  const sign = (env: Readonly<Record<string, string>>): Promise<Ran> =>
    airlock(['bundle', 'sign', copy, '--signer-command', token.command, '--public-key', token.publicKey], {
      env: { ...token.env, AIRLOCK_PASS_ENV: 'PIN', ...env },
    });
  await suite.check('a token that is locked seals nothing, and that is no half seal', async () => {
    const ran = await sign({ PIN: '000000' });
    expectEqual(ran.code, 3, `status\n${tail(ran)}`);
    expectMatch(ran.stderr, /CKR_PIN_INCORRECT/, "the token's own words");
    const seals = await run('ls', ['-A', path.join(copy, 'seals')]);
    expectEqual(seals.stdout.trim(), '', 'files in seals/');
    return 'status 3';
  });
  await suite.check('a token seals a bundle, and verify and openssl take the seal', async () => {
    const ran = await sign({});
    expect(ran.code === 0, `bundle sign ended with status ${ran.code}\n${tail(ran)}`);
    const ours = await far.run(['verify', copy, '--trust', token.publicKey]);
    expectEqual(ours.code, 0, `verify\n${tail(ours)}`);
    const { stdout } = await mustRun('sh', ['-c', 'openssl pkey -pubin -in "$KEY" -outform DER | sha256sum'], {
      env: { KEY: token.publicKey },
    });
    const signature = path.join(copy, 'seals', `${stdout.slice(0, 16)}.SHA256SUMS.sig`);
    const args = ['dgst', '-sha256', '-verify', token.publicKey, '-signature', signature];
    return tail(await mustRun('openssl', [...args, path.join(copy, 'SHA256SUMS')]), 1);
  });
}
