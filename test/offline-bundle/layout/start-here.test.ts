import { spawnSync } from 'node:child_process';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { digestOf } from '../../../core/digest';
import { CHECK_BEGIN, CHECK_END, CHECK_STEPS, startHere } from '../../../offline-bundle/layout/start-here';
import { modelSignatureFileName } from '../../../offline-bundle/trust/model-signature';
import { createSeal } from '../../../offline-bundle/trust/seal';
import { verifyBundle } from '../../../offline-bundle/verify/verify-bundle';
import { witnessed } from '../../support/witness';
import { copyFolder } from '../../support/copy-folder';
import { testSigner, type TestSigner } from '../trust/signers';
import { sample } from '../bundle/sample-lock';
import { writeBundle } from '../bundle/sample-bundle';
import { seededBytes } from '../../outside-world/bytes';

const [a, b, stranger] = [testSigner(), testSigner(), testSigner()];
const itWithOpenssl = witnessed('openssl', 'version');
let scratch = '';
let good = '';
let other = '';
let weights = '';

/** The check as a person finds it in START-HERE.txt, pasted into a shell in the bundle's folder. */
function check(folder: string, text: string, signer: TestSigner): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', text], {
    cwd: folder,
    env: { PATH: process.env['PATH'], KEY: path.join(scratch, `${signer.trusted.id}.pub`) },
  });
  return { status, output: `${stdout.toString()}${stderr.toString()}` };
}

async function pasted(folder: string): Promise<string> {
  const text = await readFile(path.join(folder, 'START-HERE.txt'), 'utf8');
  return text.slice(text.indexOf(CHECK_BEGIN) + CHECK_BEGIN.length, text.indexOf(CHECK_END));
}

/** What `airlock verify` says of the same bundle with the same key. */
const verdict = async (folder: string): Promise<string> =>
  (await verifyBundle({ dir: folder, trusted: [a.trusted], threshold: 1 })).result;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'airlock-start-here-'));
  for (const { trusted, publicPem } of [a, b, stranger])
    await writeFile(path.join(scratch, `${trusted.id}.pub`), publicPem);
  [good, other] = [path.join(scratch, 'good'), path.join(scratch, 'other')];
  const made = await sample();
  weights = made.lock.models[0]!.files.find((file) => file.path === 'model.safetensors')!.sha256;
  await writeBundle(good, made, [a, b]);
  await writeBundle(other, await sample({ modelFiles: { 'model.gguf': seededBytes('other', 1000) } }), [a, b]);
});
afterAll(() => rm(scratch, { recursive: true }));

const ofModel = (signer: TestSigner): string => `seals/${modelSignatureFileName(signer.trusted.id, 'tiny')}`;
const flip = async (file: string, at = 0.5): Promise<void> => {
  const bytes = await readFile(file);
  bytes[Math.floor(bytes.length * at)]! ^= 1;
  await writeFile(file, bytes);
};
const seal = (signer: TestSigner): string => `seals/${signer.trusted.id}.sigstore.json`;
const signature = (signer: TestSigner): string => `seals/${signer.trusted.id}.SHA256SUMS.sig`;

describe('the check in START-HERE.txt', () => {
  it('is frozen with the format: another text would make every older program refuse new bundles', () => {
    expect(digestOf(startHere('site', digestOf('')))).toBe(
      'sha256:0c8a4c8b5d0e581d0180c243c902b566ccd26547747e75c8f177a7403a03adc5',
    );
  });

  it('is the same text in every bundle', async () => {
    expect((await pasted(good)).trim()).toBe(CHECK_STEPS);
    expect((await pasted(other)).trim()).toBe(CHECK_STEPS);
    expect(await readFile(path.join(good, 'START-HERE.txt'), 'utf8')).toContain('site   nordlicht');
  });

  itWithOpenssl('accepts the good bundle for each of its signers and shows what was sealed', async () => {
    for (const signer of [a, b]) {
      const { status, output } = check(good, await pasted(good), signer);
      expect(output).toContain(`ACCEPTED for key ${signer.trusted.id}`);
      expect(output).toContain('"sealedAt":"2026-11-23T20:00:00Z","sequence":1,"site":"nordlicht"');
      expect(status).toBe(0);
    }
    expect(await verdict(good)).toBe('pass');
  });

  itWithOpenssl.each([
    ['takes', 'has not expired yet', '2999-01-01T00:00:00Z', /ACCEPTED [^]*"expires":"2999-01-01T00:00:00Z"/, 'pass'],
    ['refuses', 'has expired', '2026-11-24T00:00:00Z', /REFUSED: the seal expired at 2026-11-24T00:00:00Z/, 'fail'],
  ] as const)('%s a bundle whose seal %s, as verify does', async (_, name, expires, message, result) => {
    const folder = path.join(scratch, name.replace(/\W/g, '-'));
    await writeBundle(folder, await sample(), [a], 1, undefined, expires);
    const { status, output } = check(folder, await pasted(folder), a);
    expect(output).toMatch(message);
    expect(output.includes('ACCEPTED')).toBe(status === 0);
    expect(await verdict(folder)).toBe(result);
  });

  const FIELDS = ['expires', 'lock', 'models', 'previous', 'sequence', 'site', 'zeta'];
  itWithOpenssl.each([
    ['takes', 'no time to expire', undefined, 0, 'pass'],
    ['takes', 'time left', '2999-01-01T00:00:00Z', 0, 'pass'],
    ['refuses', 'no time left', '2026-11-24T00:00:00Z', 1, 'fail'],
  ] as const)(
    '%s a bundle with %s whose models are named as what a seal says',
    async (_, name, until, code, result) => {
      const folder = path.join(scratch, `named-${name.replace(/\W/g, '-')}`);
      await writeBundle(folder, await sample({ modelNames: FIELDS }), [a], 1, undefined, until);
      const { status, output } = check(folder, await pasted(folder), a);
      expect(output).toMatch(code === 0 ? /^ACCEPTED for key/m : /REFUSED: the seal expired at 2026-11-24T00:00:00Z/);
      expect([status, output.includes('ACCEPTED')]).toEqual([code, code === 0]);
      expect(await verdict(folder)).toBe(result);
    },
  );

  const blob = (): string => `blobs/sha256/${weights}`;
  const damages: [string, (at: (file: string) => string) => Promise<void>, string | RegExp][] = [
    ['a flipped bit in a blob', (at) => flip(at(blob())), /model|damaged/],
    ['a flipped bit in index.json', (at) => flip(at('index.json')), 'index.json: FAILED'],
    ['a flipped bit in oci-layout', (at) => flip(at('oci-layout')), 'oci-layout: FAILED'],
    ['a flipped bit in START-HERE.txt', (at) => flip(at('START-HERE.txt'), 0.01), 'START-HERE.txt: FAILED'],
    ['a missing blob', (at) => unlink(at(blob())), 'missing or damaged'],
    ['a truncated blob', (at) => truncate(at(blob()), 1000), 'missing or damaged'],
    ['an unlisted file', (at) => writeFile(at('blobs/sha256/extra'), 'x'), 'not listed: blobs/sha256/extra'],
    ['an unlisted hidden file', (at) => writeFile(at('.hidden'), 'x'), 'not listed: .hidden'],
    ['an unlisted empty folder', (at) => mkdir(at('blobs/empty')).then(() => undefined), 'not listed: ./blobs/empty'],
    ['a link', (at) => symlink('index.json', at('link')), 'neither file nor folder: ./link'],
    [
      'a blob replaced by a link to its bytes',
      async (at) => {
        await rename(at(blob()), path.join(scratch, 'moved'));
        await symlink(path.join(scratch, 'moved'), at(blob()));
      },
      'neither file nor folder',
    ],
    [
      'file names that hold lines of the list',
      async (at) => {
        await mkdir(at('SHA256SUMS\n.'));
        await writeFile(at('SHA256SUMS\n./index.json'), 'x');
      },
      'not listed',
    ],
    ['changed sums', (at) => flip(at('SHA256SUMS'), 0.1), /the signature of key [0-9a-f]{16} is wrong/],
    [
      'sums without one file',
      async (at) => {
        const text = await readFile(at('SHA256SUMS'), 'utf8');
        await writeFile(at('SHA256SUMS'), text.slice(text.indexOf('\n') + 1));
        await unlink(at('START-HERE.txt'));
      },
      /the signature of key [0-9a-f]{16} is wrong/,
    ],
    ['a changed signature', (at) => flip(at(signature(a))), /the signature of key [0-9a-f]{16} is wrong/],
    ['a changed seal', (at) => flip(at(seal(a)), 0.2), /REFUSED/],
    ['a changed seal, outside of what is signed', (at) => flip(at(seal(a)), 0.999), 'is damaged'],
    ['a changed seal of another signer', (at) => flip(at(seal(b)), 0.9), 'is damaged'],
    ['no seal', (at) => unlink(at(seal(a))), 'there is no seal of key'],
    ['no seals at all', (at) => rm(at('seals'), { recursive: true }), 'there is no seal: nobody signed this bundle'],
    ['no signature of the key', (at) => unlink(at(signature(a))), /key [0-9a-f]{16} did not sign this bundle/],
    [
      'a folder of the medium',
      (at) => mkdir(at('System Volume Information')).then(() => undefined),
      /not listed: .*copy the bundle into/,
    ],
    ['a file of the medium', (at) => writeFile(at('.DS_Store'), ''), /not listed: \.DS_Store .*copy the bundle into/],
    ['a stray file among the seals', (at) => writeFile(at('seals/note.txt'), 'x'), 'not a seal: seals/note.txt'],
    [
      'the seal of another bundle',
      (at) => cp(path.join(other, seal(a)), at(seal(a))),
      'says something else than the other seals',
    ],
    [
      'the seals of another bundle',
      (at) => Promise.all([a, b].map((one) => cp(path.join(other, seal(one)), at(seal(one))))).then(() => undefined),
      'the seal is about another bundle',
    ],
    [
      'everything that another bundle signed',
      (at) => cp(path.join(other, 'seals'), at('seals'), { recursive: true, force: true }),
      /the signature of key [0-9a-f]{16} is wrong/,
    ],
    ['a missing signature of a model', (at) => unlink(at(ofModel(a))), /no signature of the model tiny by key/],
    ['a changed signature of a model', (at) => flip(at(ofModel(a)), 0.2), /REFUSED/],
    ['a changed signature of a model by another signer', (at) => flip(at(ofModel(b)), 0.999), 'is damaged'],
    [
      'a signature of another model',
      (at) => cp(path.join(other, ofModel(a)), at(ofModel(a))),
      'is about other files than the seal says',
    ],
    [
      'a signature of another model by another signer',
      (at) => cp(path.join(other, ofModel(b)), at(ofModel(b))),
      'is about other files than the seal says',
    ],
    [
      'a signature of a model that nobody locked',
      (at) => cp(at(ofModel(b)), at(ofModel(b).replace('tiny', 'lock'))),
      'is about other files than the seal says',
    ],
    [
      "another signer's signature of a model under the key's name",
      (at) => cp(at(ofModel(b)), at(ofModel(a))),
      'is not a signature of key',
    ],
    [
      "a stranger's seal under the key's name",
      async (at) => {
        const { dsseEnvelope } = JSON.parse(await readFile(at(seal(a)), 'utf8')) as {
          dsseEnvelope: { payload: string };
        };
        const forged = await createSeal(Buffer.from(dsseEnvelope.payload, 'base64'), {
          ...a.trusted,
          keyId: a.trusted.id,
          sign: (bytes) => stranger.signer.sign(bytes),
        });
        await writeFile(at(seal(a)), forged);
      },
      'is not a seal of key',
    ],
  ];

  itWithOpenssl.each(damages)('refuses %s', async (name, damage, message) => {
    const folder = path.join(scratch, name.replace(/\W/g, '-'));
    copyFolder(good, folder);
    await damage((file) => path.join(folder, file));
    const { status, output } = check(folder, await pasted(good), a);
    expect(output).toMatch(message);
    expect(output).not.toContain('ACCEPTED');
    expect(status).not.toBe(0);
    // The two routes agree.
    expect(await verdict(folder)).toBe('fail');
    await rm(folder, { recursive: true });
  });

  itWithOpenssl.each([
    [
      'control characters',
      '\u001b[2J\u001b[1;1HACCEPTED for key',
      /REFUSED: not listed: ([^\n]*)\?\[2J\?\[1;1HACCEPTED for key/,
    ],
    ['a line of its own', 'x\nACCEPTED for key', /REFUSED: not listed: [^\n]*ACCEPTED for key/],
    [
      'escapes that `echo` interprets in some shells',
      '\\033[2JACCEPTED for key',
      /not listed: [^\n]*\\033\[2JACCEPTED/,
    ],
    ['bytes above ASCII', '\u009b2J\u202eACCEPTED for key', /not listed: [^\n]*\?\?2J\?\?\?ACCEPTED/],
  ])('shows a file whose name holds %s in one line of plain characters', async (what, name, message) => {
    const folder = path.join(scratch, what.replace(/\W/g, '-'));
    for (const place of ['.', 'seals']) {
      copyFolder(good, folder);
      await writeFile(path.join(folder, place, name), '');
      const { status, output } = check(folder, await pasted(folder), a);
      expect(output).toMatch(/^[ -~\n]*$/);
      expect(output).not.toMatch(/^ACCEPTED/m);
      if (place === '.') expect(output).toMatch(message);
      expect(status).not.toBe(0);
      await rm(folder, { recursive: true });
    }
  });

  itWithOpenssl('refuses every bundle for a key that did not seal it', async () => {
    const { status, output } = check(good, await pasted(good), stranger);
    const signers = [a, b].map((one) => one.trusted.id).sort();
    expect(output).toContain(
      `key ${stranger.trusted.id} did not sign this bundle; signatures are of: ${signers.join(' ')}`,
    );
    expect(status).not.toBe(0);
  });

  itWithOpenssl('says of another folder that there is no bundle, and of another file that it is no key', async () => {
    const elsewhere = check(scratch, await pasted(good), a);
    expect(elsewhere.output).toMatch(
      /^REFUSED: there is no bundle in \S+: go to the folder that has SHA256SUMS in it$/m,
    );
    const steps = (await pasted(good)).replace(/^/, 'KEY=$KEY.none\n');
    const noKey = check(good, steps, a);
    expect(noKey.output).toMatch(/^REFUSED: \S+\.pub\.none is not a public key$/m);
    expect([elsewhere.status, noKey.status]).toEqual([1, 1]);
  });

  itWithOpenssl('leaves nothing behind', async () => {
    expect((await readdir(good)).sort()).toEqual([
      'SHA256SUMS',
      'START-HERE.txt',
      'blobs',
      'index.json',
      'oci-layout',
      'seals',
    ]);
  });
});
