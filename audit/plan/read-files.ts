/** Reads the files of a synthesized plan: the only part of the audit that touches the disk. */
import { createReadStream } from 'node:fs';
import { type Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Digest, digestOf, fromHex, newHash } from '../../core/digest';
import { AirlockError, badInput, environmentFailed } from '../../core/errors';
import { inParallel } from '../../core/in-parallel';
import { manifestStacks, PLAN_FIX as FIX } from './manifest';
import { parseStrictJson } from '../../core/strict-json';

export interface ConfigurationFile {
  readonly stack: string;
  /** Path below the plan's folder, with forward slashes. */
  readonly file: string;
  readonly digest: Digest;
  readonly value: unknown;
}

export interface PlanFiles {
  readonly configurations: readonly ConfigurationFile[];
  /** Every other file, by path below the plan's folder. */
  readonly assets: ReadonlyMap<string, Digest>;
  /** Symbolic links and special files: what they stand for is not part of the plan. */
  readonly strange: readonly string[];
  /** Configurations in the folder that manifest.json does not list. */
  readonly unlisted: readonly string[];
  /** What Terraform keeps beside a configuration; not read here. */
  readonly left: readonly { readonly file: string; readonly link: boolean }[];
}

const CONFIGURATION = 'cdk.tf.json';
/** What Terraform itself leaves beside a configuration: working data. Anywhere else, as in a chart, it is what others read. */
const TERRAFORM_FOLDER = '.terraform';
const LEFT_BY_TERRAFORM = /^(?:\.terraform\.lock\.hcl|\.?terraform\..*tfstate.*|plan)$/;
/** What Terraform reads in a stack's folder, whatever else its name begins with (developer.hashicorp.com/terraform/language/files). */
const READ_BY_TERRAFORM =
  /(?:\.tf|\.tf\.json|\.tofu|\.tofu\.json|\.auto\.tfvars|\.auto\.tfvars\.json)$|^terraform\.tfvars(?:\.json)?$/;

/** Whether Terraform takes a file of this name as configuration or variables. */
export const isReadByTerraform = (name: string): boolean => READ_BY_TERRAFORM.test(name);

const slashed = (file: string): string => file.split(path.sep).join('/');

interface Listing {
  readonly files: string[];
  readonly strange: string[];
  readonly left: { file: string; link: boolean }[];
}

/** @param isLeft whether the folder is one that Terraform keeps for itself */
async function list(root: string, folder: string, into: Listing, isLeft = false): Promise<Listing> {
  let entries: Dirent[];
  try {
    entries = await readdir(path.join(root, folder), { withFileTypes: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw badInput('PLAN_INVALID', `there is no folder ${root}`, FIX);
    if (code === 'ENOTDIR') throw badInput('PLAN_INVALID', `${root} is no folder`, FIX);
    throw environmentFailed(
      'FILE_UNREADABLE',
      `cannot read ${path.join(root, folder)}: ${String(code)}`,
      'check its permissions',
      error,
    );
  }
  const isStack = !isLeft && entries.some(({ name }) => name === CONFIGURATION);
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name: base } = entry;
    const name = path.join(folder, base);
    const ofTerraform = base === TERRAFORM_FOLDER || (LEFT_BY_TERRAFORM.test(base) && !isReadByTerraform(base));
    const left = isLeft || (isStack && ofTerraform);
    if (entry.isDirectory()) await list(root, name, into, isLeft || (isStack && base === TERRAFORM_FOLDER));
    else if (left) into.left.push({ file: slashed(name), link: !entry.isFile() });
    else if (entry.isFile()) into.files.push(slashed(name));
    else into.strange.push(slashed(name));
  }
  return into;
}

/** Bytes; what is longer is hashed as it comes. */
const LONGEST_AT_ONCE = 1 << 18;
/** Files at once. */
const AT_ONCE = 8;

async function hashFile(file: string): Promise<Digest> {
  if ((await stat(file)).size <= LONGEST_AT_ONCE) return digestOf(await readFile(file));
  const hash = newHash();
  await pipeline(createReadStream(file), hash);
  return fromHex(hash.digest('hex'));
}

async function readJson(root: string, file: string): Promise<{ digest: Digest; value: unknown }> {
  const bytes = await readFile(path.join(root, file));
  try {
    return { digest: digestOf(bytes), value: parseStrictJson(bytes.toString('utf8')) };
  } catch (error) {
    throw new AirlockError('PLAN_INVALID', `${file} cannot be read as JSON: ${(error as Error).message}`, {
      fix: 'synthesize the plan afresh',
      cause: error,
    });
  }
}

/** Stack name of a configuration that no manifest names: what its metadata says, else its folder. */
function ownName(file: string, value: unknown): string {
  const metadata = (value as { '//'?: { metadata?: { stackName?: unknown } } } | null)?.['//']?.metadata;
  return typeof metadata?.stackName === 'string' ? metadata.stackName : path.posix.basename(path.posix.dirname(file));
}

/**
 * Reads a CDKTF output folder, or any folder with configurations named cdk.tf.json in it.
 *
 * @throws AirlockError (input) when a configuration is missing, is no JSON, or there is none
 */
export async function readPlanFiles(root: string): Promise<PlanFiles> {
  const { files, strange, left } = await list(root, '', { files: [], strange: [], left: [] });
  const found = files.filter((file) => path.posix.basename(file) === CONFIGURATION);
  const listed = files.includes('manifest.json')
    ? manifestStacks((await readJson(root, 'manifest.json')).value)
    : undefined;
  const present = new Set(files);
  for (const { name, synthesizedStackPath } of listed ?? []) {
    if (!present.has(synthesizedStackPath)) {
      throw badInput(
        'PLAN_INVALID',
        `manifest.json lists stack "${name}", but ${synthesizedStackPath} is missing`,
        FIX,
      );
    }
  }
  const names = new Map<string, string>();
  // Of two stacks with one configuration, the first names it.
  for (const { synthesizedStackPath, name } of [...(listed ?? [])].reverse()) names.set(synthesizedStackPath, name);
  const wanted = listed?.map((stack) => stack.synthesizedStackPath) ?? found;
  const isWanted = new Set(wanted);
  if (wanted.length === 0) throw badInput('PLAN_INVALID', `there is no ${CONFIGURATION} in the plan's folder`, FIX);
  const configurations: ConfigurationFile[] = [];
  for (const file of [...wanted].sort()) {
    const { digest, value } = await readJson(root, file);
    const stack = names.get(file) ?? ownName(file, value);
    configurations.push({ stack: stack === '.' ? 'plan' : stack, file, digest, value });
  }
  const others = files.filter((file) => !isWanted.has(file));
  const assets = await inParallel(AT_ONCE, others, async (file): Promise<readonly [string, Digest]> => [
    file,
    await hashFile(path.join(root, file)),
  ]);
  return {
    configurations,
    assets: new Map(assets),
    strange,
    unlisted: found.filter((file) => !isWanted.has(file)),
    left,
  };
}
