import { createPrivateKey, verify } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commandSigner, keySigner } from '../../../offline-bundle/trust/signer';
import { PASSPHRASE, testSigner } from './signers';
import { witnessed } from '../../support/witness';

const itWithOpenssl = witnessed('openssl', 'version');

const bytes = Buffer.from('what is to be signed');
const own = testSigner();
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airlock-signer-'));
  await writeFile(path.join(folder, 'key.pem'), own.privatePem, { mode: 0o600 });
});
afterAll(() => rm(folder, { recursive: true }));

describe('a signer', () => {
  it('with a key file signs what its public key verifies', async () => {
    const signature = await own.signer.sign(bytes);
    expect(verify('sha256', bytes, own.trusted.publicKey, signature)).toBe(true);
    const key = createPrivateKey({ key: own.privatePem, passphrase: PASSPHRASE });
    expect(keySigner(key).keyId).toBe(own.trusted.id);
  });

  itWithOpenssl('with a command hands over the bytes and takes the DER signature', async () => {
    const command = `openssl dgst -sha256 -passin 'pass:${PASSPHRASE}' -sign '${folder}/key.pem'`;
    const signer = commandSigner(command, own.publicPem);
    expect(signer.keyId).toBe(own.trusted.id);
    expect(verify('sha256', bytes, own.trusted.publicKey, await signer.sign(bytes))).toBe(true);
  });

  itWithOpenssl('with a command of another key is refused before its signature is used', async () => {
    const other = testSigner();
    const command = `openssl dgst -sha256 -passin 'pass:${PASSPHRASE}' -sign '${folder}/key.pem'`;
    await expect(commandSigner(command, other.publicPem).sign(bytes)).rejects.toThrow(
      `gave a signature that key ${other.trusted.id} does not verify`,
    );
  });

  it.each([
    ["sh -c 'echo token is locked >&2; exit 3'", /ended with exit code 3: token is locked/, 3],
    [`"${process.execPath}" -p '"x".repeat(99_999)'`, /printed 100000 bytes/, 3],
    ['true', /does not verify/, 2],
    ["sh -c 'kill -9 $$'", /ended with SIGKILL/, 3],
    ['/no/such/program -x', /there is no \/no\/such\/program/, 3],
  ])('reports what the command %j did', async (command, message, exitCode) => {
    const failure = commandSigner(command, own.publicPem).sign(bytes);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toMatchObject({ exitCode });
  });

  it.each([
    ["sign 'my key", "a quote ' that is not closed"],
    ['sign "my key', 'a quote " that is not closed'],
    [`sign "it's`, 'a quote " that is not closed'],
    ["sign it's", "a quote ' that is not closed"],
    ['sign \\', 'a backslash with nothing behind it'],
  ])('refuses %j, of which no words can be made', (command, message) => {
    expect(() => commandSigner(command, own.publicPem)).toThrow(message);
  });

  it.each([`true "it's"`, 'true \'say "x"\'', "true it\\'s", 'true "a \\" b"'])('takes %j', (command) => {
    expect(() => commandSigner(command, own.publicPem)).not.toThrow();
  });

  it.each(['a | b', 'a; b', 'a && b', 'a || b', 'a & b', 'a > f', 'a < f', 'a $KEY', 'a $(b)', 'a *.pem', 'a # b'])(
    'refuses %j, which only a shell understands',
    (command) => {
      expect(() => commandSigner(command, own.publicPem)).toThrow(/holds ".*", and no shell runs it/);
    },
  );

  it('tells a command nothing of the passphrase of other keys', async () => {
    process.env['AIRLOCK_KEY_PASSPHRASE'] = 'secret';
    try {
      const command = `sh -c 'echo "got [$AIRLOCK_KEY_PASSPHRASE]" >&2; exit 1'`;
      await expect(commandSigner(command, own.publicPem).sign(bytes)).rejects.toThrow(/got \[\]/);
    } finally {
      delete process.env['AIRLOCK_KEY_PASSPHRASE'];
    }
  });

  it('needs a command', () => {
    expect(() => commandSigner(' ', own.publicPem)).toThrow(/empty/);
  });
});
