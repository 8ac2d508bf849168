/** Strings of a bundle are a stranger's: none of them reaches a terminal, a log or START-HERE.txt as it is. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { canonicalJson } from '../../../core/canonical-json';
import { type Digest, digestOf, hexOf } from '../../../core/digest';
import { startHere } from '../../../offline-bundle/layout/start-here';
import { layoutFiles } from '../../../offline-bundle/layout/sums';
import { importBundle } from '../../../offline-bundle/import/import-bundle';
import { parseLock } from '../../../site/lock/lock-file';
import { createSeal, sealFileName, sumsSignatureFileName } from '../../../offline-bundle/trust/seal';
import { verifyBundle } from '../../../offline-bundle/verify/verify-bundle';
import { copyFolder } from '../../support/copy-folder';
import { makeBundle, type MadeBundle, makeKey } from '../support/make-bundle';

/** What ends a line, moves the cursor, hides or reorders text: C0, C1, DEL, line ends, bidi, zero width, tags. */
const STEERING = [
  '\n',
  '\r',
  '\u001b[2J',
  '\u009b8m',
  '\u007f',
  '\u0000',
  '\u0085',
  '\u2028',
  '\u202e',
  '\u2066',
  '\u200b',
  '\ufeff',
  '\u{e0041}',
];
const RAW = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
const hostile = STEERING.map((text) => `${text}ACCEPTED${text}`).join('');

const key = makeKey();
let scratch: string;
let good: MadeBundle;
let names = 0;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'airlock-hostile-'));
  good = await makeBundle(path.join(scratch, 'good'));
});
afterAll(() => rm(scratch, { recursive: true }));

type Pointer = readonly (string | number)[];

/** Where every string of a JSON value lies. */
function strings(value: unknown, at: Pointer = []): Pointer[] {
  if (typeof value === 'string') return [at];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    strings(part, [...at, Array.isArray(value) ? Number(name) : name]),
  );
}

/** A copy of a JSON value with another string at one place. */
function withString<T>(value: T, [first, ...rest]: Pointer, text: (before: string) => string): T {
  if (first === undefined) return text(value as string) as T;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[first] = withString(copy[first], rest, text);
  return copy as T;
}

const fieldOf = (pointer: Pointer): string => pointer.map((part) => (typeof part === 'number' ? '*' : part)).join('/');

/** One place for each field, whatever list it is in. */
const onePerField = (value: unknown): [string, Pointer][] => [
  ...new Map(strings(value).map((pointer) => [fieldOf(pointer), pointer])),
];

interface Json {
  manifests: { digest: Digest; size: number; annotations?: Record<string, string> }[];
  layers: { digest: Digest; size: number; annotations?: Record<string, string> }[];
  annotations: Record<string, string>;
}

/** The good bundle with another lock and, by choice, other texts in its index: whole in itself, as a forger makes it. */
async function forge(lockBytes: Buffer, change: (root: Json) => Json = (root) => root): Promise<string> {
  const dir = path.join(scratch, `forged-${(names += 1)}`);
  copyFolder(good.dir, dir);
  const blob = (digest: Digest): string => path.join(dir, 'blobs/sha256', hexOf(digest));
  const put = async (bytes: Buffer): Promise<{ digest: Digest; size: number }> => {
    await writeFile(blob(digestOf(bytes)), bytes);
    return { digest: digestOf(bytes), size: bytes.length };
  };
  const root = JSON.parse(good.plan.rootBytes.toString()) as Json;
  const record = root.manifests.find(({ annotations }) => annotations?.['vnd.airlock.kind'] === 'record')!;
  const manifest = JSON.parse(await readFile(blob(record.digest), 'utf8')) as Json;
  const layer = manifest.layers.find(
    ({ annotations }) => annotations?.['org.opencontainers.image.title'] === 'airlock.lock.json',
  )!;
  await rm(blob(layer.digest));
  await rm(blob(record.digest));
  await rm(blob(good.plan.root));
  const gone = [layer.digest, record.digest, good.plan.root];
  Object.assign(layer, await put(lockBytes));
  Object.assign(record, await put(canonicalJson(manifest)));
  root.annotations['vnd.airlock.lock'] = layer.digest;
  const rootBytes = canonicalJson(change(root));
  await put(rootBytes);
  const reached = [
    ...good.plan.blobs.map(({ digest }) => digest).filter((digest) => !gone.includes(digest)),
    layer.digest,
    record.digest,
  ];
  for (const [name, bytes] of layoutFiles(rootBytes, reached)) await writeFile(path.join(dir, name), bytes);
  return dir;
}

/** Every string that a report holds, and so all that is printed of it. */
const textsOf = (report: unknown): string[] =>
  strings(report).map((pointer) =>
    String(pointer.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], report)),
  );

/** Neither report nor START-HERE.txt holds a control that did not come from us. */
async function expectVisible(dir: string): Promise<'pass' | 'fail'> {
  const report = await verifyBundle({ dir, trusted: [key.trusted], threshold: 1, allowUnsigned: true });
  const store = path.join(scratch, `store-${names}`);
  const imported = await importBundle({
    dir,
    storeDir: store,
    trusted: [key.trusted],
    threshold: 1,
    unsignedAcceptedBy: 'Ada',
  });
  expect([...textsOf(report), ...textsOf(imported)].filter((text) => RAW.test(text))).toEqual([]);
  const lines = (await readFile(path.join(dir, 'START-HERE.txt'), 'utf8')).split('\n');
  expect(lines.filter((line) => RAW.test(line))).toEqual([]);
  expect(lines.length).toBe(startHere('site', good.plan.root).split('\n').length);
  await rm(dir, { recursive: true });
  await rm(store, { recursive: true, force: true });
  return report.result;
}

it('the name of a site in START-HERE.txt stays on its line, whatever it is', () => {
  const length = startHere('site', good.plan.root).split('\n').length;
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...STEERING), fc.string({ unit: 'binary' }))), (parts) => {
      const lines = startHere(parts.join(''), good.plan.root).split('\n');
      expect(lines.length).toBe(length);
      expect(lines.filter((line) => RAW.test(line))).toEqual([]);
    }),
  );
});

/** What a lock repeats in other people's words; all else that is text is a name, a digest or an address. */
const FREE_TEXT = ['files/*/url', 'models/*/license/declared', 'models/*/license/expected'];

it('every string field of the lock, hostile, is refused, but for free text', () => {
  const fields = onePerField(good.lock);
  expect(fields.length).toBeGreaterThan(50);
  const taken = fields.filter(([, pointer]) => {
    const changed = withString(good.lock, pointer, (before) => `${before}${hostile}`);
    try {
      parseLock(JSON.stringify(changed), 'airlock.lock.json');
      return true;
    } catch (error) {
      expect((error as Error).message).toMatch(/is not a valid lock/);
      return false;
    }
  });
  expect(taken.map(([field]) => field).sort()).toEqual(FREE_TEXT);
});

it.each([
  'site',
  'images/*/name',
  'images/*/usedBy/*',
  'models/*/files/*/path',
  'providers/*/packages/*/filename',
  'derived/kit/version',
  ...FREE_TEXT,
])('the field %s of the lock in a bundle, hostile, is shown without its controls', async (field) => {
  const [, pointer] = onePerField(good.lock).find(([name]) => name === field)!;
  const lock = withString(good.lock, pointer, (before) => `${before}${hostile}`);
  const site = (root: Json): Json =>
    field === 'site' ? withString(root, ['annotations', 'vnd.airlock.site'], () => lock.site) : root;
  const result = await expectVisible(await forge(Buffer.from(JSON.stringify(lock)), site));
  if (!FREE_TEXT.includes(field)) expect(result).toBe('fail');
});

it('every text of the index, hostile, is refused or shown without its controls', async () => {
  const lockBytes = Buffer.from(JSON.stringify(good.lock));
  const root = JSON.parse(good.plan.rootBytes.toString()) as Json;
  for (const [, pointer] of onePerField(root)) {
    const dir = await forge(lockBytes, (one) => withString(one, pointer, (before) => `${before}${hostile}`)).catch(
      (error: unknown) => error as Error,
    );
    if (!(dir instanceof Error)) expect(await expectVisible(dir)).toBe('fail');
  }
});

it('every string of a seal, hostile, is refused or shown without its controls, though a trusted key signed it', async () => {
  const sums = await readFile(path.join(good.dir, 'SHA256SUMS'));
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'nordlicht', digest: { sha256: hexOf(good.plan.root) } }],
    predicateType: 'https://airlock.dev/seal/v1',
    predicate: {
      site: 'nordlicht',
      sequence: 1,
      sealedAt: '2026-11-23T20:00:00Z',
      lock: digestOf('lock'),
      previous: digestOf('previous'),
    },
  };
  for (const [, pointer] of onePerField(statement)) {
    const payload = canonicalJson(withString(statement, pointer, (before) => `${before}${hostile}`));
    const dir = path.join(scratch, `sealed-${(names += 1)}`);
    copyFolder(good.dir, dir);
    await mkdir(path.join(dir, 'seals'));
    const { signer } = key;
    await writeFile(path.join(dir, 'seals', sealFileName(signer.keyId)), await createSeal(payload, signer));
    await writeFile(path.join(dir, 'seals', sumsSignatureFileName(signer.keyId)), await signer.sign(sums));
    expect(await expectVisible(dir)).toBe('fail');
  }
});
