/**
 * Providers as Terraform will take them, held against the lock: the hashes that it demands, the packages that it has
 * unpacked already, and the mirror that it asks.
 */
import path from 'node:path';
import type { Digest } from '../../core/digest';
import { once } from '../../core/remember';
import type { Lock } from '../../site/generated/lock';
import type { LeftFile, Plan, PlanStack } from '../plan/plan';
import { fullSource } from '../rules/provider-sources';
import { type AuditContext, type Complaint, judge, type Statement } from '../rules/rule';
import { cliConfigurationDigest } from './cli-configuration';
import { type DependencyLockEntry, parseDependencyLock } from './dependency-lock';
import { CLI_CONFIGURATION, DEPENDENCY_LOCK, inFolder, kindOfFile, packageOf } from './file-kinds';
import { folderHash } from './package-hash';
import { stackFolders } from './unread-files';

const AFRESH = 'synthesize the plan afresh: that writes the hashes of the lock';
const BEFORE = 'remove .terraform, and audit the plan before `terraform init`';

const place = (stack: string, file: string): { stack: string; file: string; pointer: string } => ({
  ...{ stack, file, pointer: '' },
});

type Unplaced = Omit<Complaint, 'where'>;
const atStart = (complaints: readonly Unplaced[]): Complaint[] =>
  complaints.map((complaint) => ({ ...complaint, where: { pointer: '' } }));

const hashesOf = (lock: Lock, source: string, version: string): ReadonlySet<string> =>
  new Set(
    lock.providers
      .filter((provider) => provider.source === source && provider.version === version)
      .flatMap(({ packages }) => packages.flatMap(({ h1, sha256 }) => [h1, `zh:${sha256}`])),
  );

function entryComplaints({ source, version, hashes }: DependencyLockEntry, lock: Lock): Unplaced[] {
  const known = hashesOf(lock, source, version);
  if (known.size === 0) {
    const message = `the lock has no provider ${source} ${version}`;
    return [{ check: 'provider', message, fix: AFRESH, value: `${source} ${version}` }];
  }
  if (hashes.length === 0) {
    return [{ check: 'provider-hash', message: `without hashes, any package is taken for ${source}`, fix: AFRESH }];
  }
  return hashes
    .filter((hash) => !known.has(hash))
    .map((value) => ({
      check: 'provider-hash',
      message: `the lock has no such package of ${source}`,
      fix: AFRESH,
      value,
    }));
}

function textComplaints(text: string, stack: PlanStack, lock: Lock): Unplaced[] {
  let entries: readonly DependencyLockEntry[];
  try {
    entries = parseDependencyLock(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [{ check: 'provider-hash', message: error.message, fix: AFRESH, unproven: true }];
  }
  const named = new Set(entries.map(({ source }) => source));
  // A provider that the lock does not have is refused where it is required.
  const missing = stack.requiredProviders
    .map(fullSource)
    .filter((source) => !named.has(source) && lock.providers.some((provider) => provider.source === source));
  return [
    ...entries.flatMap((entry) => entryComplaints(entry, lock)),
    ...missing.map((source) => ({
      ...{
        check: 'provider-hash',
        message: `no hash is demanded of ${source}: whatever a mirror has is taken`,
        fix: AFRESH,
      },
    })),
  ];
}

/** The hashes that Terraform demands of the providers of one stack. */
export function dependencyLockStatements(stack: PlanStack, { plan, lock }: AuditContext): Statement[] {
  const file = inFolder(path.posix.dirname(stack.file), DEPENDENCY_LOCK);
  const found = plan.left.get(file);
  const subject = `stack ${stack.name} ${DEPENDENCY_LOCK}`;
  return judge({ subject, place: place(stack.name, file), proven: 'demands hashes of the lock alone' }, () => {
    if (stack.requiredProviders.length === 0 && found === undefined) return [];
    const text = found === undefined || found === 'link' ? undefined : found.text;
    if (text !== undefined) return atStart(textComplaints(text, stack, lock));
    const message =
      found === undefined
        ? 'there is none: Terraform takes whatever package a mirror has'
        : 'it is a link, or too long to be one';
    return atStart([{ check: 'provider-hash', message, fix: AFRESH, unproven: true }]);
  });
}

/** Files of one unpacked package, by name below its folder. */
type Package = ReadonlyMap<string, LeftFile>;

const MARK = '.terraform/providers/';

/** What lies in folders of unpacked packages, by the path down to them. */
const packageFiles = once(({ left }: Plan): ReadonlyMap<string, readonly (readonly [string, LeftFile])[]> => {
  const found = new Map<string, [string, LeftFile][]>();
  for (const [file, content] of left) {
    for (let at = file.indexOf(MARK); at >= 0; at = file.indexOf(MARK, at + 1)) {
      const start = file.slice(0, at + MARK.length);
      const files = found.get(start) ?? [];
      files.push([file, content]);
      found.set(start, files);
    }
  }
  return found;
});

function packages(plan: Plan, folder: string, stacks: ReadonlySet<string>): ReadonlyMap<string, Package> {
  const found = new Map<string, Map<string, LeftFile>>();
  const start = inFolder(folder, MARK);
  for (const [file, content] of packageFiles(plan).get(start) ?? []) {
    if (kindOfFile(file, stacks) !== 'package') continue;
    const depth = start.split('/').length + 4;
    const key = file.split('/').slice(0, depth).join('/');
    const files = found.get(key) ?? new Map<string, LeftFile>();
    found.set(key, files.set(file.slice(key.length + 1), content));
  }
  return found;
}

function packageComplaints(file: string, folder: string, files: Package, lock: Lock): Unplaced[] {
  if ([...files.values()].includes('link')) {
    const message = 'a link in it: what it stands for may be another program when Terraform runs it';
    return [{ check: 'provider-package', message, fix: BEFORE, unproven: true }];
  }
  const { source, version, platform } = packageOf(`${file}/`, folder);
  const locked = lock.providers.find((one) => one.source === source && one.version === version);
  const h1 = locked?.packages.find((one) => one.platform.replace('/', '_') === platform)?.h1;
  const digests = [...files].flatMap(([name, content]): [string, Digest][] =>
    content === 'link' ? [] : [[name, content.digest]],
  );
  if (h1 !== undefined && folderHash(new Map(digests)) === h1) return [];
  const message =
    h1 === undefined ? `the lock has no ${source} ${version} for ${platform}` : 'it is not the package of the lock';
  return [{ check: 'provider-package', message, fix: BEFORE }];
}

/** The packages that an earlier `terraform init` unpacked: Terraform runs them. */
export function packageStatements(stack: PlanStack, { plan, lock }: AuditContext): Statement[] {
  const folder = path.posix.dirname(stack.file);
  return [...packages(plan, folder, stackFolders(plan))].flatMap(([file, files]) =>
    judge({ subject: file, place: place(stack.name, file), proven: 'the package of the lock, file by file' }, () =>
      atStart(packageComplaints(file, folder, files, lock)),
    ),
  );
}

/** Where Terraform takes providers from, where the plan says it. */
export function cliConfigurationStatements({ plan, enclave }: AuditContext): Statement[] {
  const digest = plan.assets.get(CLI_CONFIGURATION);
  if (digest === undefined) return [];
  const subject = CLI_CONFIGURATION;
  return judge(
    { subject, place: place('', CLI_CONFIGURATION), proven: 'providers come from the enclave’s mirror alone' },
    () =>
      digest === cliConfigurationDigest(enclave)
        ? []
        : atStart([
            {
              check: 'cli-configuration',
              message: 'it is not the one text that this enclave needs: other programs may run as providers',
              fix: 'synthesize the plan afresh; settings of one’s own belong into a file outside of it',
            },
          ]),
  );
}
