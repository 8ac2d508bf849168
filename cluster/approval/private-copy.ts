/**
 * Copies what is to be judged to a place that only this user can write, and judges the copy: whoever changes the originals
 * afterwards changes nothing of what was looked at.
 */
import { chmod, cp, mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { audit } from '../../audit/audit';
import type { AuditReport } from '../../audit/report/report';
import { type Digest, digestOf } from '../../core/digest';
import { badInput, checkFailed, environmentFailed } from '../../core/errors';
import { inParallel } from '../../core/in-parallel';
import { makeFolders } from '../../core/make-folders';
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

/** Copies one file and says what was copied: the digest is that of the copy. */
async function copied(from: string, to: string, what: string): Promise<Digest> {
  await cp(from, to).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw badInput('FILE_MISSING', `cannot read the ${what} ${from}: ${String(code)}`, `name it with --${what} <file>`);
  });
  await chmod(to, 0o600);
  return digestOf(await readFile(to));
}

/** Bits of a mode: others may write here, and take away what is another's. */
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/**
 * A new folder that only this user can reach, and nobody else can put another in its place.
 *
 * @throws AirlockError (environment) where the folder for temporary files lets others rename what is in it
 */
async function privateFolder(below: string): Promise<string> {
  const above = await realpath(below);
  const { mode } = await stat(above);
  if ((mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0) {
    throw environmentFailed(
      'FOLDER_NOT_PRIVATE',
      `others may rename what lies in ${above}`,
      'set TMPDIR to a folder of your own, or its sticky bit (chmod +t)',
    );
  }
  return mkdtemp(path.join(above, 'airlock-private-'));
}

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
  const root = await privateFolder(below);
  const aside = path.join(root, 'aside');
  const original = await realpath(files.plan);
  // Under the path that it was copied from: a relative path out of it stays below this folder.
  const plan = path.join(root, 'plan', original);
  try {
    for (const folder of [aside, plan]) await makeFolders(folder);
    for (const folder of new Set(names.map((name) => path.dirname(name)))) await makeFolders(path.join(plan, folder));
    const digests = await inParallel(AT_ONCE, names, async (name) => {
      const to = path.join(plan, name);
      return [slashed(name), await copied(path.join(files.plan, name), to, 'plan')] as const;
    });
    const place = (what: keyof typeof PUBLIC_NAMES): string => path.join(aside, PUBLIC_NAMES[what]);
    const { waivers } = files;
    const inputs: ReviewedInputs = {
      site: await copied(files.site, place('site'), 'site'),
      enclave: await copied(files.enclave, place('enclave'), 'enclave'),
      lock: await copied(files.lock, place('lock'), 'lock'),
      waivers: waivers === undefined ? null : await copied(waivers, place('waivers'), 'waivers'),
    };
    return await use({
      plan,
      original,
      aside,
      digests: Object.fromEntries(digests),
      inputs,
      site: place('site'),
      enclave: place('enclave'),
      lock: place('lock'),
      ...(waivers === undefined ? {} : { waivers: place('waivers') }),
    });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** What the audit says of a copy on a day, YYYY-MM-DD. */
export const auditOf = ({ plan, site, enclave, lock, waivers }: PrivateCopy, day: string): Promise<AuditReport> =>
  audit({ plan, site, enclave, lock, ...(waivers === undefined ? {} : { waivers }), asOf: day, today: day });

/** Digest of a report in the form that statements name. */
export const reportDigest = (report: AuditReport): Digest => digestOf(`${JSON.stringify(report, null, 2)}\n`);
