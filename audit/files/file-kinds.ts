/**
 * What the files below a plan's folder are. A file of no kind was read by nobody, and something that runs during a
 * deployment may read it.
 */
import path from 'node:path';

/** Folder in which Terraform and OpenTofu keep their working data (developer.hashicorp.com/terraform/cli/init). */
const WORKING = '.terraform';
export const DEPENDENCY_LOCK = '.terraform.lock.hcl';
export const CLI_CONFIGURATION = 'terraform.tfrc';

/**
 * - manifest: CDKTF's list of stacks, read with the plan
 * - cli-configuration: where Terraform takes providers from
 * - dependency-lock: what they must be
 * - package: a file of an unpacked provider
 * - saved-backend, workspace, modules: what `terraform init` and `workspace select` remember
 * - state: a state file beside the configuration
 * - document: text for people, which nothing reads by its name
 * - unread-by-terraform: lies where Terraform looks for folders alone
 */
export type FileKind =
  | 'manifest'
  | 'cli-configuration'
  | 'dependency-lock'
  | 'package'
  | 'saved-backend'
  | 'workspace'
  | 'modules'
  | 'state'
  | 'document'
  | 'unread-by-terraform';

const STATE = /^terraform\..*tfstate(?:\.backup)?$/;
const DOCUMENT = /^(?:[\w-]+\.(?:md|txt)|README|LICENSE|NOTICE)$/;

/** Files of `.terraform`, by their names below it. */
const WORKING_DATA: Readonly<Record<string, FileKind>> = {
  'terraform.tfstate': 'saved-backend',
  environment: 'workspace',
  'modules/modules.json': 'modules',
};

/**
 * Providers lie in folders `<host>/<namespace>/<type>/<version>/<platform>`, and nowhere else
 * (hashicorp/terraform, internal/getproviders/filesystem_search.go).
 */
const PACKAGE_DEPTH = 5;

function workingData(below: string): FileKind | undefined {
  const [first, ...rest] = below.split('/');
  if (first === 'providers') return rest.length > PACKAGE_DEPTH ? 'package' : 'unread-by-terraform';
  return Object.hasOwn(WORKING_DATA, below) ? WORKING_DATA[below] : undefined;
}

/** The stack in whose working data a file lies: the outermost, where one lies in that of another. */
function workingFolderOwner(file: string, stacks: ReadonlySet<string>): string | undefined {
  const parts = file.split('/');
  const at = parts.findIndex(
    (part, index) => part === WORKING && index < parts.length - 1 && stacks.has(parts.slice(0, index).join('/') || '.'),
  );
  return at < 0 ? undefined : parts.slice(0, at).join('/') || '.';
}

/**
 * The kind of a file; undefined for one that the audit does not know.
 *
 * @param file path below the plan's folder, with forward slashes
 * @param stacks folders that hold a configuration
 */
export function kindOfFile(file: string, stacks: ReadonlySet<string>): FileKind | undefined {
  if (file === 'manifest.json') return 'manifest';
  if (file === CLI_CONFIGURATION) return 'cli-configuration';
  const folder = path.posix.dirname(file);
  const name = path.posix.basename(file);
  if (stacks.has(folder)) {
    if (name === DEPENDENCY_LOCK) return 'dependency-lock';
    if (STATE.test(name)) return 'state';
  }
  const stack = workingFolderOwner(file, stacks);
  if (stack !== undefined) return workingData(file.slice(inFolder(stack, `${WORKING}/`).length));
  return DOCUMENT.test(name) ? 'document' : undefined;
}

/** Path of a file in a folder below the plan's, which may be the plan's own: `.`. */
export const inFolder = (folder: string, name: string): string => (folder === '.' ? name : `${folder}/${name}`);

/** Folder of the provider package that a file of it lies in, as source, version and platform. */
export function packageOf(file: string, folder: string): { source: string; version: string; platform: string } {
  const [host = '', namespace = '', type = '', version = '', platform = ''] = file
    .slice(inFolder(folder, `${WORKING}/providers/`).length)
    .split('/');
  return { source: `${host}/${namespace}/${type}`, version, platform };
}
