/** A Hub repository at a commit → files with size, SHA-256 and git id, and the license that its card declares. */
import picomatch from 'picomatch';
import { isLicenseFile, NO_LICENSE, spdxLicense } from '../../catalog/licenses';
import { badInput, checkFailed } from '../../core/errors';
import type { LockModel, LockModelFile } from '../../site/generated/lock';
import type { ShapeReading } from '../../site/lock/model-shape';
import type { ModelRequest } from '../../site/requests/requests';
import type { UpstreamClients } from '../fetch/clients';
import { readResuming } from '../fetch/ranges';
import { gitBlobHash } from '../hub/git-objects';
import type { HubFile, HubTree } from '../hub/hub-client';
import { demandSafePaths } from '../../core/safe-paths';
import { hashStream } from './hash-stream';
import type { KnownHashes } from './known-hashes';

type Clients = Pick<UpstreamClients, 'hub' | 'http' | 'settings'>;

/** Files that a site's patterns choose, and what is worth telling about the patterns. */
export interface FileChoice {
  readonly files: readonly HubFile[];
  readonly notes: readonly string[];
}

/**
 * Applies include and exclude (exclude wins). Globs with `**` for any depth; `*` stays within a folder and matches
 * leading dots.
 *
 * @throws AirlockError (input) when an include pattern matches nothing, nothing is left, or what is chosen is no file; (check)
 *   for chosen paths that are unsafe
 */
export function chooseFiles(request: ModelRequest, { files, others }: HubTree): FileChoice {
  const matcher = (pattern: string): ((path: string) => boolean) => picomatch(pattern, { dot: true });
  const idle = (patterns: readonly string[]): string[] =>
    patterns.filter(
      (pattern) => ![...files.map(({ path }) => path), ...others.keys()].some((path) => matcher(pattern)(path)),
    );
  const lost = idle(request.include);
  if (lost.length > 0) {
    throw badInput(
      'MODEL_FILE_MISSING',
      `${request.repository}: include matches no file: ${lost.join(', ')}`,
      `files there: ${files
        .slice(0, 20)
        .map(({ path }) => path)
        .join(', ')}${files.length > 20 ? ', …' : ''}`,
    );
  }
  const includes = request.include.map(matcher);
  const excludes = request.exclude.map(matcher);
  const isChosen = (path: string): boolean =>
    (includes.length === 0 || includes.some((match) => match(path))) && !excludes.some((match) => match(path));
  const [noFile] = [...others].filter(([path]) => isChosen(path));
  if (noFile !== undefined) {
    const [path, type] = noFile;
    throw badInput(
      'MODEL_FILE_MISSING',
      `${request.repository}: ${path} is no file (the Hub calls it "${type}", as it does a link to another repository)`,
      `leave it out: source.exclude: [${JSON.stringify(path)}]`,
    );
  }
  const chosen = files.filter(({ path }) => isChosen(path));
  if (chosen.length === 0) {
    throw badInput('MODEL_FILE_MISSING', `${request.repository}: include and exclude leave no file`, 'exclude less');
  }
  demandSafePaths(
    request.repository,
    chosen.map(({ path }) => path),
  );
  const notes = idle(request.exclude).map((pattern) => `model ${request.name}: exclude "${pattern}" matches no file`);
  return { files: chosen, notes };
}

/**
 * Size, SHA-256 and git id of one file. The Hub states the SHA-256 of LFS files; others are fetched, and must be the
 * blob that the commit names.
 *
 * @param known SHA-256 of blobs that were fetched before, by git id and size
 */
export async function resolveModelFile(
  clients: Clients,
  request: ModelRequest,
  file: HubFile,
  known?: KnownHashes,
): Promise<LockModelFile> {
  const { path, size, gitOid } = file;
  if (file.sha256 !== undefined) return { path, size, sha256: file.sha256, sha256From: 'hub', gitOid };
  const before = known?.of(gitOid, size);
  if (before !== undefined) return { path, size, sha256: before, sha256From: 'fetched', gitOid };
  const blob = gitBlobHash(size);
  const open = (offset: number): ReturnType<Clients['hub']['open']> =>
    clients.hub.open(request, path, offset, { size });
  const hashed = await hashStream(readResuming(clients.http, open, clients.settings.hfEndpoint), { also: blob, size });
  const oid = blob.digest('hex');
  if (hashed.size !== size || oid !== gitOid) {
    throw checkFailed(
      'UPSTREAM_CONTENT_MISMATCH',
      `${request.repository}@${request.revision}: ${path} came as ${hashed.size} bytes with git id ${oid}; the commit names ${size} bytes, ${gitOid}`,
      'the Hub or a proxy before it gives wrong bytes; do not use them',
    );
  }
  known?.add(gitOid, size, hashed.sha256);
  return { path, size, sha256: hashed.sha256, sha256From: 'fetched', gitOid };
}

/**
 * The declared license as SPDX.
 *
 * @throws AirlockError (check) when it is not the one that was reviewed
 */
export async function resolveLicense(clients: Clients, request: ModelRequest): Promise<string> {
  const { id, name } = await clients.hub.license(request);
  const declared = spdxLicense(id, name);
  if (declared.toLowerCase() === request.expectedLicense.toLowerCase()) return declared;
  const says = declared === NO_LICENSE ? `no license (${NO_LICENSE})` : `the license ${declared}`;
  throw checkFailed(
    'LICENSE_UNEXPECTED',
    `${request.repository}@${request.revision} declares ${says}, the site expects ${request.expectedLicense}`,
    `have it reviewed again, then set license.expect to ${declared} with the reviewer's name and day`,
  );
}

/** Puts the parts of a locked model together. @param files sorted by path */
export const lockedModel = (
  request: ModelRequest,
  declared: string,
  files: readonly LockModelFile[],
  reading: ShapeReading | undefined,
): LockModel => ({
  name: request.name,
  source: {
    repository: request.repository,
    revision: request.revision,
    include: [...request.include],
    exclude: [...request.exclude],
  },
  license: {
    expected: request.expectedLicense,
    declared,
    files: files.map(({ path }) => path).filter(isLicenseFile),
  },
  files: [...files],
  ...reading,
});
