import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { digestOf, fromHex } from '../../../core/digest';
import { layoutFiles } from '../../../offline-bundle/layout/sums';
import { failures, type VerifyReport } from '../../../offline-bundle/verify/report';
import { verifyBundle } from '../../../offline-bundle/verify/verify-bundle';
import { canonicalJson, reviewJson } from '../../../core/canonical-json';
import { copyFolder } from '../../support/copy-folder';
import { flip } from '../../support/flip';
import { containing, matching } from '../support/matchers';
import { type MadeBundle, makeBundle, makeKey, sealBundle } from '../support/make-bundle';

const alice = makeKey();
const bob = makeKey();
const mallory = makeKey();

let scratch: string;
let good: MadeBundle;
let copies = 0;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'airlock-verify-'));
  good = await makeBundle(path.join(scratch, 'good'), { signers: [alice, bob] });
});
afterAll(() => rm(scratch, { recursive: true }));

/** A copy of the good bundle to be damaged. */
function copy(): string {
  copies += 1;
  const dir = path.join(scratch, `copy-${copies}`);
  copyFolder(good.dir, dir);
  return dir;
}

const inCopy = (dir: string, name: string): string => path.join(dir, path.relative(good.dir, good.blobFile(name)));
const check = (dir: string): Promise<VerifyReport> =>
  verifyBundle({ dir, trusted: [alice.trusted, bob.trusted], threshold: 2 });

/** Failed checks as `fault subject`. */
const faults = (report: VerifyReport): string[] =>
  failures(report.checks).map(({ fault, subject }) => `${String(fault)} ${subject}`);

describe('a good bundle', () => {
  it('passes every check', async () => {
    const report = await check(good.dir);
    expect(failures(report.checks)).toEqual([]);
    expect(report).toMatchObject({
      result: 'pass',
      root: good.plan.root,
      site: 'nordlicht',
      signers: [alice.trusted.id, bob.trusted.id].sort(),
      seal: { sequence: 1, site: 'nordlicht' },
      blobs: good.plan.blobs.length,
      bytes: good.plan.totalBytes,
    });
    expect(report.counts).toEqual({ pass: report.checks.length, fail: 0, skipped: 0 });
  });

  it('has a check for each blob, named by artifact and file', async () => {
    const subjects = (await check(good.dir)).checks.filter(({ id }) => id === 'blob').map(({ subject }) => subject);
    expect(subjects).toHaveLength(good.plan.blobs.length);
    const file = path.relative(good.dir, good.blobFile('model/tiny: model.safetensors'));
    expect(subjects).toContain(`model/tiny: model.safetensors (${file})`);
  });

  it('gives the same report from every place', async () => {
    const moved = copy();
    expect(reviewJson(await check(moved))).toBe(reviewJson(await check(good.dir)));
    expect(reviewJson(await check(moved))).not.toContain(scratch);
  });

  it('reports as many bytes of progress as it announced', async () => {
    let [total, moved] = [0, 0];
    await verifyBundle({
      dir: good.dir,
      trusted: [alice.trusted],
      threshold: 1,
      progress: {
        start: (_, bytes) => (total = bytes),
        advance: (bytes) => (moved += bytes),
        note: () => undefined,
        stop: () => undefined,
      },
    });
    expect(total).toBe(good.plan.totalBytes);
    expect(moved).toBe(total);
  });
});

describe('damage', () => {
  it.each([
    'model/tiny: model.safetensors',
    'model/tiny: sub/tokenizer.json',
    'image/toolbox: layer 1 (linux/amd64)',
    'image/toolbox: config (linux/arm64)',
    'kit/program: airlock.mjs',
    'record/record: airlock.lock.json',
    'record/record: site.yaml',
    'bundle: index',
  ])('a flipped bit in %s is named with both hashes', async (name) => {
    const dir = copy();
    await flip(inCopy(dir, name), 1);
    const failed = failures((await check(dir)).checks).filter(({ id }) => id === 'blob');
    expect(failed.map(({ subject }) => subject)).toEqual([`${name} (${path.relative(dir, inCopy(dir, name))})`]);
    const got = digestOf(await readFile(inCopy(dir, name)));
    expect(failed[0]!.detail).toBe(`SHA-256: expected ${fromHex(path.basename(inCopy(dir, name)))}, got ${got}`);
  });

  it.each([
    'model/tiny: manifest',
    'model/tiny: config',
    'image/toolbox: index',
    'image/toolbox: manifest (linux/amd64)',
    'kit/image: manifest (linux/amd64)',
  ])('a flipped bit in %s is the only fault: what it names is known from the lock', async (name) => {
    const dir = copy();
    await flip(inCopy(dir, name), 3);
    const report = await check(dir);
    expect(faults(report)).toHaveLength(1);
    expect(faults(report)[0]).toContain(path.basename(inCopy(dir, name)));
    expect(report.blobs).toBe(good.plan.blobs.length);
  });

  it.each(['oci-layout', 'START-HERE.txt', 'SHA256SUMS', 'index.json'])(
    'a flipped bit in %s is named',
    async (file) => {
      const dir = copy();
      const at = (await readFile(path.join(dir, file))).length - 3;
      await flip(path.join(dir, file), at);
      expect(faults(await check(dir))).toContain(`changed ${file}`);
    },
  );

  it('another root in index.json is named there', async () => {
    const dir = copy();
    const file = path.join(dir, 'index.json');
    const other = digestOf('another');
    await writeFile(file, (await readFile(file, 'utf8')).replace(good.plan.root, other));
    const failed = failures((await check(dir)).checks);
    expect(failed).toContainEqual(expect.objectContaining({ subject: 'index.json', detail: containing(other) }));
  });

  it('a wrong size of the root in index.json is a fault of index.json, not of the root', async () => {
    const dir = copy();
    const file = path.join(dir, 'index.json');
    const size = good.plan.rootBytes.length;
    await writeFile(file, (await readFile(file, 'utf8')).replace(`"size":${size}`, `"size":${size + 1}`));
    expect(faults(await check(dir))).toEqual(['changed index.json']);
  });

  it('a cut-short file is named with both sizes', async () => {
    const dir = copy();
    await truncate(inCopy(dir, 'model/tiny: model.safetensors'), 4999);
    const [failed, ...others] = failures((await check(dir)).checks);
    expect(others).toEqual([]);
    expect(failed).toMatchObject({ fault: 'changed', detail: 'size: expected 5000 bytes, got 4999' });
    expect(failed!.subject).toMatch(/^model\/tiny: model.safetensors /);
  });

  it('names every fault, not only the first', async () => {
    const dir = copy();
    await flip(inCopy(dir, 'model/tiny: model.safetensors'));
    await rm(
      inCopy(dir, 'provider/registry.terraform.example/acme/null: terraform-provider-null_3.2.4_linux_amd64.zip'),
    );
    await writeFile(path.join(dir, 'notes.txt'), 'hello');
    await flip(path.join(dir, 'oci-layout'), 2);
    expect(faults(await check(dir)).map((fault) => fault.replace(/ \(.*/, ''))).toEqual([
      'changed oci-layout',
      'unlisted notes.txt',
      'changed model/tiny: model.safetensors',
      'missing provider/registry.terraform.example/acme/null: terraform-provider-null_3.2.4_linux_amd64.zip',
    ]);
  });

  it.each(['index.json', 'oci-layout', 'START-HERE.txt', 'SHA256SUMS'])('a missing %s is named', async (file) => {
    const dir = copy();
    await rm(path.join(dir, file));
    expect(faults(await check(dir))).toContain(`missing ${file}`);
  });

  it('without index.json every blob is still held against its own name', async () => {
    const dir = copy();
    await rm(path.join(dir, 'index.json'));
    await flip(inCopy(dir, 'model/tiny: model.safetensors'));
    const hex = path.basename(inCopy(dir, 'model/tiny: model.safetensors'));
    expect(faults(await check(dir))).toContain(`changed unknown artifact (blobs/sha256/${hex})`);
  });
});

describe('what the bundle does not list', () => {
  it.each(['extra.txt', 'blobs/extra', 'blobs/sha256/short', 'seals/readme', 'seals/0123.sigstore.json'])(
    'the file %s is refused',
    async (file) => {
      const dir = copy();
      await writeFile(path.join(dir, file), 'x');
      expect(faults(await check(dir))).toEqual([`unlisted ${file}`]);
    },
  );

  it('a blob that nothing names is refused although its name is its hash', async () => {
    const dir = copy();
    const hex = digestOf('stowaway').slice(7);
    await writeFile(path.join(dir, 'blobs', 'sha256', hex), 'stowaway');
    expect(faults(await check(dir))).toEqual([`unlisted blobs/sha256/${hex}`]);
  });

  it('an empty folder is refused', async () => {
    const dir = copy();
    await mkdir(path.join(dir, 'blobs', 'sha512'));
    expect(faults(await check(dir))).toEqual(['unlisted blobs/sha512']);
  });

  const OF_THE_MEDIUM = [
    ...['System Volume Information', '$RECYCLE.BIN', 'RECYCLER', 'lost+found', '.Trash', '.Trash-1000', '.Trashes'],
    ...['.fseventsd', '.Spotlight-V100', '.TemporaryItems'],
  ];
  it.each(OF_THE_MEDIUM)('the folder %s, which a medium has by itself, is refused once, with advice', async (name) => {
    const dir = copy();
    await mkdir(path.join(dir, name));
    await writeFile(path.join(dir, name, 'inside'), 'x');
    const [fault, ...others] = failures((await check(dir)).checks);
    expect([fault?.fault, others]).toEqual(['unlisted', []]);
    expect(fault?.detail).toMatch(/^a directory that the bundle does not list: .*copy the bundle into a subfolder$/);
  });

  it.each(['.DS_Store', 'desktop.ini', 'Thumbs.db', '._index.json', 'blobs/.DS_Store', 'blobs/sha256/._x'])(
    'the file %s, which a system leaves there, is refused with advice',
    async (name) => {
      const dir = copy();
      await writeFile(path.join(dir, name), 'x');
      const faulty = failures((await check(dir)).checks);
      expect(faulty.map(({ fault, subject, detail }) => [fault, subject, detail.includes('subfolder')])).toEqual([
        ['unlisted', name, true],
      ]);
    },
  );

  it.each(['lost+found.txt', 'xlost+found', 'System Volume', '.Trash-x', '.DS_Store2'])(
    'the name %s only resembles one of a medium: no advice',
    async (name) => {
      const dir = copy();
      await writeFile(path.join(dir, name), 'x');
      expect(failures((await check(dir)).checks).map(({ detail }) => detail)).toEqual([
        'a file that the bundle does not list',
      ]);
    },
  );

  it('a folder of the medium that nobody may read does not end the verification', async () => {
    const dir = copy();
    await mkdir(path.join(dir, 'lost+found'), { mode: 0o000 });
    expect(faults(await check(dir))).toEqual(['unlisted lost+found']);
  });

  it('odd names are shown escaped', async () => {
    const dir = copy();
    await writeFile(Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0xff, 0x1b, 0x5b, 0x22, 0x20])]), 'x');
    await writeFile(path.join(dir, 'index.json '), 'x');
    await writeFile(path.join(dir, 'ünïcode'), 'x');
    expect(faults(await check(dir))).toEqual([
      'unlisted "\\xc3\\xbcn\\xc3\\xafcode"',
      'unlisted "\\xff\\x1b[\\x22 "',
      'unlisted "index.json "',
    ]);
  });

  it('a link is refused even where it leads to the right bytes', async () => {
    const dir = copy();
    const blob = inCopy(dir, 'model/tiny: model.safetensors');
    await rename(blob, path.join(scratch, 'elsewhere'));
    await symlink(path.join(scratch, 'elsewhere'), blob);
    await symlink('index.json', path.join(dir, 'link'));
    const report = await check(dir);
    expect(faults(report)).toEqual(['unlisted link', matching(/^changed model\/tiny: model.safetensors/)]);
    expect(failures(report.checks)[1]!.detail).toBe('a symbolic link instead of a file');
  });

  it('a linked folder is refused', async () => {
    const dir = copy();
    await rename(path.join(dir, 'blobs'), path.join(scratch, 'blobs-elsewhere'));
    await symlink(path.join(scratch, 'blobs-elsewhere'), path.join(dir, 'blobs'));
    expect(faults(await check(dir))).toContain('unlisted blobs');
  });
});

describe('trust', () => {
  it('a bundle without a seal is refused', async () => {
    const dir = copy();
    await rm(path.join(dir, 'seals'), { recursive: true });
    expect(faults(await check(dir))).toEqual(['untrusted threshold']);
  });

  it('a bundle without a seal passes when that is allowed, and the report says so', async () => {
    const dir = copy();
    await rm(path.join(dir, 'seals'), { recursive: true });
    const report = await verifyBundle({ dir, trusted: [alice.trusted], threshold: 1, allowUnsigned: true });
    expect(report.result).toBe('pass');
    expect(report.signers).toEqual([]);
    expect(report.checks).toContainEqual(expect.objectContaining({ id: 'seal', result: 'skipped' }));
  });

  it('allowing unsigned bundles does not make a broken seal pass', async () => {
    const dir = copy();
    await flip(path.join(dir, 'seals', `${alice.trusted.id}.sigstore.json`), 150);
    const report = await verifyBundle({ dir, trusted: [alice.trusted], threshold: 1, allowUnsigned: true });
    expect(report.result).toBe('fail');
  });

  it('without any key it does not begin', async () => {
    await expect(verifyBundle({ dir: good.dir, trusted: [], threshold: 1 })).rejects.toMatchObject({ kind: 'input' });
  });

  it('a key that did not seal it is not enough', async () => {
    const report = await verifyBundle({ dir: good.dir, trusted: [mallory.trusted], threshold: 1 });
    expect(faults(report)).toEqual(['untrusted threshold']);
    expect(report.signers).toEqual([]);
  });

  it('one key given twice does not make two signers', async () => {
    const twice = verifyBundle({ dir: good.dir, trusted: [alice.trusted, alice.trusted], threshold: 2 });
    await expect(twice).rejects.toMatchObject({ kind: 'input', message: containing('threshold') });
  });

  it('one seal does not meet a threshold of two', async () => {
    const dir = path.join(scratch, 'one-seal');
    await makeBundle(dir, { signers: [alice] });
    expect(faults(await check(dir))).toEqual(['untrusted threshold']);
  });

  it('the seal of another bundle is named', async () => {
    const dir = copy();
    const other = await makeBundle(path.join(scratch, 'other'), { variant: '-2', signers: [alice] });
    for (const name of await readdir(path.join(other.dir, 'seals')))
      await cp(path.join(other.dir, 'seals', name), path.join(dir, 'seals', name));
    expect(faults(await check(dir))).toContain(`untrusted seals/${alice.trusted.id}.sigstore.json`);
  });

  it('a seal that names another lock than the index is refused', async () => {
    const bundle = await makeBundle(path.join(scratch, 'other-lock'));
    const sums = await readFile(path.join(bundle.dir, 'SHA256SUMS'));
    const statement = { site: 'nordlicht', root: bundle.plan.root, lock: digestOf('another lock'), sequence: 1 };
    await sealBundle(bundle.dir, alice.signer, statement, sums);
    const report = await verifyBundle({ dir: bundle.dir, trusted: [alice.trusted], threshold: 1 });
    expect(faults(report)).toEqual(['untrusted site and lock that the seal names']);
  });
});

describe('an index that is not what its lock says', () => {
  it('is refused even when it is sealed and whole', async () => {
    const { dir } = await makeForged();
    const report = await verifyBundle({ dir, trusted: [alice.trusted], threshold: 1 });
    expect(faults(report)).toEqual(['changed the index is exactly what its lock says']);
  });

  /** A bundle whose index lost its provider, made whole and sealed again. */
  async function makeForged(): Promise<{ dir: string }> {
    const bundle = await makeBundle(path.join(scratch, 'forged'));
    const index = JSON.parse(bundle.plan.rootBytes.toString()) as {
      manifests: { annotations: Record<string, string> }[];
    };
    const forged = canonicalJson({
      ...index,
      manifests: index.manifests.filter(({ annotations }) => annotations['vnd.airlock.kind'] !== 'provider'),
    });
    const dropped = bundle.plan.blobs.filter(
      ({ artifact, digest }) => artifact.startsWith('provider/') || digest === bundle.plan.root,
    );
    for (const { digest } of dropped) await rm(path.join(bundle.dir, 'blobs', 'sha256', digest.slice(7)));
    const root = digestOf(forged);
    await writeFile(path.join(bundle.dir, 'blobs', 'sha256', root.slice(7)), forged);
    const rest = bundle.plan.blobs.filter((blob) => !dropped.includes(blob)).map(({ digest }) => digest);
    const files = layoutFiles(forged, rest);
    for (const [name, bytes] of files) await writeFile(path.join(bundle.dir, name), bytes);
    const record = bundle.plan.blobs.find(({ file }) => file === 'airlock.lock.json')!;
    const statement = { site: 'nordlicht', root, lock: record.digest, sequence: 1 };
    await sealBundle(bundle.dir, alice.signer, statement, files.get('SHA256SUMS')!);
    return { dir: bundle.dir };
  }
});

describe('what is no bundle', () => {
  it('a folder that is not there is misuse', async () => {
    await expect(check(path.join(scratch, 'nowhere'))).rejects.toMatchObject({
      kind: 'input',
      message: matching(/no directory/),
    });
  });

  it('a folder of other things is misuse', async () => {
    const dir = path.join(scratch, 'photos');
    await mkdir(dir);
    await writeFile(path.join(dir, 'cat.jpg'), '');
    await expect(check(dir)).rejects.toMatchObject({
      kind: 'input',
      message: matching(/is not a bundle/),
    });
  });

  it('a file is misuse', async () => {
    const file = path.join(scratch, 'bundle.tar');
    await writeFile(file, '');
    await expect(check(file)).rejects.toMatchObject({ kind: 'input', message: matching(/is a file/) });
  });

  it('an unfinished bundle is misuse', async () => {
    const dir = path.join(scratch, 'nordlicht.partial');
    copyFolder(good.dir, dir);
    await expect(check(dir)).rejects.toMatchObject({
      kind: 'input',
      message: matching(/has not finished/),
    });
  });
});
