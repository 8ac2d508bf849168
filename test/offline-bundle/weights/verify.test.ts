import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { canonicalJson } from '../../../core/canonical-json';
import { digestOf } from '../../../core/digest';
import { SILENT } from '../../../core/progress';
import { hashFiles } from '../../../offline-bundle/weights/hash-files';
import { verifyWeights } from '../../../offline-bundle/weights/verify';
import { seededBytes } from '../../outside-world/bytes';

const FILES: Record<string, Buffer> = {
  'config.json': Buffer.from('{}'),
  'empty.txt': Buffer.alloc(0),
  'model.safetensors': seededBytes('weights', 3 * 1024 * 1024 + 5),
  'sub/deep/tokenizer.json': Buffer.from('{"a":1}'),
};
const MANIFEST = canonicalJson({
  schemaVersion: 2,
  layers: Object.entries(FILES).map(([title, bytes]) => ({
    mediaType: 'application/octet-stream',
    digest: digestOf(bytes),
    size: bytes.length,
    annotations: { 'org.opencontainers.image.title': title },
  })),
});

let scratch: string;
let dir: string;

beforeEach(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'airlock-weights-'));
  dir = path.join(scratch, 'model');
  for (const [name, bytes] of Object.entries(FILES)) {
    await mkdir(path.dirname(path.join(dir, name)), { recursive: true });
    await writeFile(path.join(dir, name), bytes);
  }
});

afterEach(() => rm(scratch, { recursive: true, force: true }));

const verify = (): Promise<unknown> => verifyWeights({ manifestBytes: MANIFEST, digest: digestOf(MANIFEST), dir });

async function refusal(): Promise<string[]> {
  const error: unknown = await verify().then(
    () => undefined,
    (failure: unknown) => failure,
  );
  expect(error).toMatchObject({ kind: 'check', exitCode: 1 });
  return (error as Error).message
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

describe('verifyWeights', () => {
  it('accepts a folder that holds exactly the files, and reports every byte as progress', async () => {
    let total = 0;
    let read = 0;
    const progress = {
      ...SILENT,
      start: (_label: string, bytes: number) => (total = bytes),
      advance: (bytes: number) => (read += bytes),
    };
    const report = await verifyWeights({ manifestBytes: MANIFEST, digest: digestOf(MANIFEST), dir, progress });
    const bytes = Object.values(FILES).reduce((sum, file) => sum + file.length, 0);
    expect(report).toEqual({ files: 4, bytes });
    expect([total, read]).toEqual([bytes, bytes]);
  });

  it('names every missing, changed and unlisted file at once', async () => {
    await rm(path.join(dir, 'config.json'));
    const flipped = Buffer.from(FILES['model.safetensors']!);
    flipped[1_000_000]! ^= 1;
    await writeFile(path.join(dir, 'model.safetensors'), flipped);
    await writeFile(path.join(dir, 'empty.txt'), 'no longer');
    await writeFile(path.join(dir, 'sub', 'pickle.bin'), 'x');
    expect(await refusal()).toEqual([
      'missing: config.json',
      'changed: empty.txt has 9 bytes instead of 0',
      `changed: model.safetensors hashes to ${digestOf(flipped)} instead of ${digestOf(FILES['model.safetensors']!)}`,
      'unlisted: sub/pickle.bin',
    ]);
  });

  it('refuses links, even to the right bytes', async () => {
    await writeFile(path.join(scratch, 'elsewhere'), FILES['config.json']!);
    await rm(path.join(dir, 'config.json'));
    await symlink(path.join(scratch, 'elsewhere'), path.join(dir, 'config.json'));
    await symlink('config.json', path.join(dir, 'another'));
    expect(await refusal()).toEqual(['changed: config.json is a symbolic link', 'unlisted: another (symbolic link)']);
  });

  it('refuses a folder in place of a file, and foreign folders even when empty', async () => {
    await rm(path.join(dir, 'config.json'));
    await mkdir(path.join(dir, 'config.json'));
    await mkdir(path.join(dir, 'lost+found'));
    await mkdir(path.join(dir, '.airlock-partial'));
    expect(await refusal()).toEqual([
      'changed: config.json is a folder',
      'unlisted: .airlock-partial/',
      'unlisted: lost+found/',
    ]);
  });

  it('names all files as missing when the folder is not there', async () => {
    await rm(dir, { recursive: true });
    expect(await refusal()).toEqual(Object.keys(FILES).map((name) => `missing: ${name}`));
  });

  it('refuses another manifest before it looks at the folder', async () => {
    const digest = digestOf('another');
    await expect(verifyWeights({ manifestBytes: MANIFEST, digest, dir: '/nowhere' })).rejects.toMatchObject({
      kind: 'check',
      message: expect.stringContaining(digest) as string,
    });
  });
});

describe('hashFiles', () => {
  it('hashes more files than there are threads', async () => {
    const jobs = await Promise.all(
      Array.from({ length: 40 }, async (_, at) => {
        const file = path.join(scratch, `file-${at}`);
        await writeFile(file, seededBytes(String(at), at * 100));
        return { file, size: at * 100 };
      }),
    );
    const digests = await hashFiles(jobs);
    expect(digests.size).toBe(40);
    jobs.forEach(({ file, size }, at) => {
      expect(digests.get(file)).toBe(digestOf(seededBytes(String(at), size)));
    });
  });

  it('says which file it cannot read', async () => {
    const file = path.join(scratch, 'gone');
    await expect(hashFiles([{ file, size: 1 }])).rejects.toMatchObject({
      kind: 'environment',
      message: `cannot read ${file}: ENOENT`,
    });
  });

  it('does not follow a link', async () => {
    const file = path.join(scratch, 'link');
    await symlink(path.join(dir, 'config.json'), file);
    await expect(hashFiles([{ file, size: 2 }])).rejects.toThrow(/ELOOP/);
  });

  it('starts no thread for nothing', async () => {
    expect(await hashFiles([])).toEqual(new Map());
  });
});
