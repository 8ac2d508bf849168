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
    await expect(commandSigner(command, other.publicPem).sign(bytes)).rejects.toMatchObject({
      code: 'SIGNER_KEY_MISMATCH',
      message: `signer command "${command}" gave a signature that key ${other.trusted.id} does not verify`,
      fix: 'it must print DER-encoded ECDSA with SHA-256 over standard input, by the key of --public-key',
    });
  });

  it.each([
    ["sh -c 'echo token is locked >&2; exit 3'", 'ended with exit code 3: token is locked'],
    ["sh -c 'exit 3'", 'ended with exit code 3'],
    ["sh -c 'kill -9 $$'", 'ended with SIGKILL'],
    [`"${process.execPath}" -p '"x".repeat(99_999)'`, 'printed 100000 bytes, which is no signature'],
    [`"${process.execPath}" -p '"x".repeat(4096)'`, 'printed 4097 bytes, which is no signature'],
  ])('reports what the command %j did', async (command, did) => {
    await expect(commandSigner(command, own.publicPem).sign(bytes)).rejects.toMatchObject({
      code: 'SIGNER_FAILED',
      message: `signer command "${command}" ${did}`,
      fix: 'run it by hand with any file on standard input',
      exitCode: 3,
    });
  });

  it('reports the end of what a command said, where that is long', async () => {
    const command = `"${process.execPath}" -e 'console.error("x".repeat(5000) + "the end"); process.exitCode = 1'`;
    const failure: unknown = await commandSigner(command, own.publicPem)
      .sign(bytes)
      .catch((error: unknown) => error);
    expect((failure as Error).message).toMatch(/ended with exit code 1: x{992}the end$/);
  });

  it.each(['true', `"${process.execPath}" -p '"x".repeat(4095)'`])(
    'takes nothing for a signature that is none: %j',
    async (command) => {
      await expect(commandSigner(command, own.publicPem).sign(bytes)).rejects.toMatchObject({
        code: 'SIGNER_KEY_MISMATCH',
      });
    },
  );

  it('reports a command that does not start, and why', async () => {
    await expect(commandSigner('/no/such/program -x', own.publicPem).sign(bytes)).rejects.toMatchObject({
      code: 'SIGNER_FAILED',
      message: 'signer command "/no/such/program -x" did not start: there is no /no/such/program',
      fix: 'check it',
      cause: { code: 'ENOENT' },
    });
    await expect(commandSigner(`'${folder}/key.pem'`, own.publicPem).sign(bytes)).rejects.toMatchObject({
      message: `signer command "'${folder}/key.pem'" did not start`,
      cause: { code: 'EACCES' },
    });
  });

  it.each([
    ...[
      ['a | b', '|'],
      ['a; b', ';'],
      ['a && b', '&&'],
      ['a || b', '||'],
      ['a & b', '&'],
      ['a > f', '>'],
      ['a < f', '<'],
    ],
    ...[
      ['a $KEY', '$KEY'],
      ['a $(b)', '$'],
      ['a *.pem', '*.pem'],
      ['a # b', '# b'],
    ],
  ] as [string, string][])('refuses %j, which only a shell understands', (command, odd) => {
    expect(() => commandSigner(command, own.publicPem)).toThrow(
      expect.objectContaining({
        code: 'USAGE_INVALID_VALUE',
        message: `signer command "${command}" holds "${odd}", and no shell runs it`,
        fix: 'put quotes around it, or put the command into a script and name that',
      }) as Error,
    );
  });

  it.each([
    'OPENSSL_CONF',
    'PKCS11_MODULE',
    'SOFTHSM2_CONF',
    'GNUPGHOME',
    'GPG_TTY',
    'SSH_AUTH_SOCK',
    'YUBIHSM_URL',
    'P11_KIT_STRICT',
  ])('lets a command see where its token is: %s', async (name) => {
    const before = process.env[name];
    process.env[name] = 'here';
    try {
      const command = `sh -c 'echo "got [$${name}]" >&2; exit 1'`;
      await expect(commandSigner(command, own.publicPem).sign(bytes)).rejects.toThrow('got [here]');
    } finally {
      if (before === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before;
    }
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
    expect(() => commandSigner(' ', own.publicPem)).toThrow(
      expect.objectContaining({
        code: 'USAGE_INVALID_VALUE',
        message: 'the signer command is empty',
        fix: 'name a program and its arguments',
      }) as Error,
    );
  });

  it('with a command has a key by its name', () => {
    expect(() => commandSigner('true', 'hello', 'hsm.pub')).toThrow('hsm.pub is not a PEM file');
  });
});
