/**
 * Copies what is to be judged to a place that only this user can write, and judges the copy: whoever changes the originals
 * afterwards changes nothing of what was looked at.
 */
import { rmSync } from 'node:fs';
import { mkdtemp, readdir, realpath, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { audit } from '../../audit/audit';
import type { AuditReport } from '../../audit/report/report';
import { type Digest, digestOf } from '../../core/digest';
import { AirlockError, badInput, checkFailed, environmentFailed } from '../../core/errors';
import { inParallel } from '../../core/in-parallel';
import { makeFolders } from '../../core/make-folders';
import { readRegular } from '../../core/read-regular';
import type { FileDigests, ReviewedInputs } from './statement';

/** Paths of what is judged. */
export interface ReviewedFiles {
  /** Folder that `cdktf synth` wrote. */
  readonly plan: string;
  readonly site: string;
  readonly enclave: string;
  readonly lock: string;
  readonly waivers?: string;
}

/** What lies in the private place. */
export interface PrivateCopy extends ReviewedFiles {
  readonly digests: FileDigests;
  readonly inputs: ReviewedInputs;
  /** Folder that the plan was copied from, without links in its path. */
  readonly original: string;
  /** Folder for what else must be private; not the plan's. */
  readonly aside: string;
}

const AT_ONCE = 4;

const slashed = (file: string): string => file.split(path.sep).join('/');

/**
 * Every file below a folder, sorted.
 *
 * @throws AirlockError (input) when there is no such folder, (check) when it holds links, which stand for something else
 */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw badInput(
      'PLAN_INVALID',
      `cannot read the folder ${folder}: ${String(code)}`,
      'pass the folder that `airlock synth` wrote',
    );
  });
  const named = entries.map((entry) => ({
    entry,
    name: path.relative(folder, path.join(entry.parentPath, entry.name)),
  }));
  const strange = named.filter(({ entry }) => !entry.isFile() && !entry.isDirectory());
  if (strange.length > 0) {
    throw checkFailed(
      'PLAN_HOLDS_LINKS',
      `${folder} holds what is no file: ${strange.map(({ name }) => name).join(', ')}`,
      'synthesize the plan afresh',
    );
  }
  return named.flatMap(({ entry, name }) => (entry.isFile() ? [name] : [])).sort();
}

const PUBLIC_NAMES = { site: 'site.yaml', enclave: 'enclave.yaml', lock: 'airlock.lock.json', waivers: 'waivers.yaml' };

/** Copies one file and says what was copied: the digest is that of the bytes that were written. */
async function copied(from: string, to: string, option?: string): Promise<Digest> {
  const bytes = await readRegular(from).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw badInput(
      'FILE_MISSING',
      `cannot read ${from}: ${String(code)}`,
      option === undefined ? 'synthesize the plan afresh' : `name a file with --${option}`,
    );
  });
  await writeFile(to, bytes, { mode: 0o600, flag: 'wx' });
  return digestOf(bytes);
}

/** Bits of a mode: others may write here, and take away what is another's. */
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/** Whether nobody but this user and root can exchange what lies in a folder, or the folder itself. */
async function isSafe(folder: string): Promise<boolean> {
  const { mode, uid } = await stat(folder);
  const mine = uid === 0 || uid === process.getuid?.();
  const shared = (mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0;
  if (!mine || shared) return false;
  return path.dirname(folder) === folder || isSafe(path.dirname(folder));
}

/**
 * A new folder that only this user can reach, and nobody else can put another in its place. It is gone when the process is, however
 * that ends.
 *
 * @throws AirlockError (environment) where the folder for temporary files lets others rename what is in it
 */
async function privateFolder(below: string): Promise<{ readonly root: string; readonly remove: () => void }> {
  const above = await realpath(below);
  if (!(await isSafe(above))) {
    throw environmentFailed(
      'FOLDER_NOT_PRIVATE',
      `others may exchange what lies in ${above}`,
      'set TMPDIR to a folder of your own; of shared folders above it, only such with the sticky bit (chmod +t)',
    );
  }
  const root = await mkdtemp(path.join(above, 'airlock-private-'));
  const atExit = (): void => rmSync(root, { recursive: true, force: true });
  process.once('exit', atExit);
  return {
    root,
    remove: () => {
      process.off('exit', atExit);
      atExit();
    },
  };
}

/** What is said of a copy is meant of what it was copied from. */
function ofOriginals(error: unknown, names: readonly (readonly [copy: string, original: string])[]): unknown {
  if (!(error instanceof AirlockError)) return error;
  const told = (text: string): string =>
    names.reduce((said, [copy, original]) => said.replaceAll(copy, original), text);
  return new AirlockError(error.code, told(error.what), {
    ...(error.fix === undefined ? {} : { fix: told(error.fix) }),
    items: error.items.map(told),
    faults: error.faults.map((fault) => ({ ...fault, file: told(fault.file), message: told(fault.message) })),
    cause: error,
  });
}

/** More files are no plan of ours: the largest example has some dozens. */
const MOST_FILES = 5000;

/**
 * Does something with a private copy, and removes the copy whatever comes of it.
 *
 * @param below folder for temporary files
 */
export async function withPrivateCopy<T>(
  files: ReviewedFiles,
  use: (copy: PrivateCopy) => Promise<T>,
  below = tmpdir(),
): Promise<T> {
  const names = await filesBelow(files.plan);
  if (names.length > MOST_FILES) {
    throw badInput(
      'PLAN_INVALID',
      `${files.plan} holds ${names.length} files`,
      'pass the folder that `airlock synth` wrote',
    );
  }
  const { root, remove } = await privateFolder(below);
  const aside = path.join(root, 'aside');
  const original = await realpath(files.plan);
  // Under the path that it was copied from: a relative path out of it stays below this folder.
  const plan = path.join(root, 'plan', original);
  try {
    for (const folder of [aside, plan]) await makeFolders(folder);
    for (const folder of new Set(names.map((name) => path.dirname(name)))) await makeFolders(path.join(plan, folder));
    const digests = await inParallel(AT_ONCE, names, async (name) => {
      const to = path.join(plan, name);
      return [slashed(name), await copied(path.join(files.plan, name), to)] as const;
    });
    const place = (what: keyof typeof PUBLIC_NAMES): string => path.join(aside, PUBLIC_NAMES[what]);
    const { waivers } = files;
    const inputs: ReviewedInputs = {
      site: await copied(files.site, place('site'), 'site'),
      enclave: await copied(files.enclave, place('enclave'), 'enclave'),
      lock: await copied(files.lock, place('lock'), 'lock'),
      waivers: waivers === undefined ? null : await copied(waivers, place('waivers'), 'waivers'),
    };
    const copy = {
      plan,
      original,
      aside,
      digests: Object.fromEntries(digests),
      inputs,
      site: place('site'),
      enclave: place('enclave'),
      lock: place('lock'),
      ...(waivers === undefined ? {} : { waivers: place('waivers') }),
    };
    return await use(copy);
  } catch (error) {
    const named = (['site', 'enclave', 'lock', 'waivers'] as const).map(
      (what) => [path.join(aside, PUBLIC_NAMES[what]), files[what] ?? what] as const,
    );
    throw ofOriginals(error, [...named, [plan, files.plan]]);
  } finally {
    remove();
  }
}

/** What the audit says of a copy on a day, YYYY-MM-DD. */
export const auditOf = ({ plan, site, enclave, lock, waivers }: PrivateCopy, day: string): Promise<AuditReport> =>
  audit({ plan, site, enclave, lock, ...(waivers === undefined ? {} : { waivers }), asOf: day, today: day });

/** Digest of a report in the form that statements name. */
export const reportDigest = (report: AuditReport): Digest => digestOf(`${JSON.stringify(report, null, 2)}\n`);
