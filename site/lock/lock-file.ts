/** Reads, writes and checks airlock.lock.json. */
import { canonicalJson, reviewJson } from '../../core/canonical-json';
import { AirlockError } from '../../core/errors';
import { parseOciReference } from '../../core/oci-reference';
import { imageRepository } from '../enclave-names';
import { explain, formatPath } from '../reading/explain';
import type { Lock } from '../generated/lock';
import type { Site } from '../generated/site';
import { readTextFile } from '../reading/read-file';
import { type LockRequests, lockRequests } from '../requests/requests';
import { lockValidator } from '../reading/validators';
import { unsafeNames } from './unsafe-names';

const REMAKE = 'write it afresh with `airlock lock`';

/**
 * Parses the text of a lock file.
 *
 * @throws AirlockError (input) when it is not JSON or not a lock, or names what must not become a file or an address
 */
export function parseLock(text: string, file: string): Lock {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AirlockError('LOCK_FILE_INVALID', `${file} is not JSON: ${(error as Error).message}`, { fix: REMAKE });
  }
  const validate = lockValidator();
  const found = validate(value)
    ? unsafeNames(value)
    : (validate.errors ?? [])
        .map((error) => explain(error))
        .flatMap((item) => (item === undefined ? [] : [{ path: formatPath(item.path), message: item.message }]));
  if (found.length === 0 && validate(value)) return value;
  const faults = found.map((fault) => ({ file, ...fault, fix: REMAKE }));
  const [first, ...others] = faults;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  const what = `${file} is not a valid lock: ${first?.path ?? ''}: ${first?.message ?? ''}${more}`;
  throw new AirlockError('LOCK_FILE_INVALID', what, { faults, fix: REMAKE });
}

/** Reads and parses a lock file; see {@link parseLock}. */
export const loadLock = async (file: string): Promise<Lock> =>
  parseLock(
    await readTextFile(file, '`airlock lock` writes it, `airlock bundle extract-record` takes it out of a bundle'),
    file,
  );

/** The text of a lock file: sorted keys, indented, for review. */
export const serializeLock = (lock: Lock): string => reviewJson(lock);

/** What a lock answers, in the form of what a site asks. */
function answered(lock: Lock): LockRequests {
  return {
    site: lock.site,
    platforms: lock.platforms,
    images: lock.images.map(({ name, reference, manifests, usedBy }) => ({
      name,
      reference,
      platforms: manifests.map((manifest) => manifest.platform).sort(),
      usedBy,
    })),
    models: lock.models.map(({ name, source, license }) => ({ name, ...source, expectedLicense: license.expected })),
    providers: lock.providers.map(({ source, version, packages }) => ({
      source,
      version,
      platforms: packages.map((pack) => pack.platform).sort(),
    })),
    files: lock.files.map(({ name, url, sha256, usedBy }) => ({
      name,
      url,
      sha256,
      ...(usedBy === undefined ? {} : { usedBy }),
    })),
    charts: (lock.charts ?? []).map(({ name, repository, chart, version }) => ({ name, repository, chart, version })),
    stores: (lock.derived.stores ?? []).map(({ name, servedName, model, file }) => ({
      name,
      servedName,
      model,
      ...(file === undefined ? {} : { file }),
    })),
  };
}

function differences<T extends object>(
  kind: string,
  keyOf: (item: T) => string,
  wanted: readonly T[],
  locked: readonly T[],
): string[] {
  const found = new Map(locked.map((item) => [keyOf(item), item]));
  const lines: string[] = [];
  for (const item of wanted) {
    const key = keyOf(item);
    const other = found.get(key);
    found.delete(key);
    if (other === undefined) {
      lines.push(`${kind} ${key}: in the site, not in the lock`);
      continue;
    }
    for (const field of new Set([...Object.keys(item), ...Object.keys(other)]) as Set<keyof T & string>) {
      const [want, have] = [item, other].map((side) =>
        field in side ? canonicalJson(side[field]).toString() : 'absent',
      );
      if (want !== have) lines.push(`${kind} ${key}: ${field} is ${want ?? ''} in the site, ${have ?? ''} in the lock`);
    }
  }
  for (const key of found.keys()) lines.push(`${kind} ${key}: in the lock, not in the site`);
  return lines;
}

/**
 * Every difference between what a site asks for and what a lock answers; empty when they agree. Reads no network.
 */
export function checkLock(lock: Lock, site: Site): string[] {
  const wanted = lockRequests(site);
  const have = answered(lock);
  if (wanted.site !== have.site) return [`the lock is for site "${have.site}", the site is "${wanted.site}"`];
  const named = (item: { readonly name: string }): string => item.name;
  return [
    ...(wanted.platforms.join() === have.platforms.join()
      ? []
      : [`platforms: ${wanted.platforms.join(', ')} in the site, ${have.platforms.join(', ')} in the lock`]),
    ...differences('image', named, wanted.images, have.images),
    ...lock.images
      .filter((image) => image.repository !== imageRepository(parseOciReference(image.reference)))
      .map((image) => `image ${image.name}: repository is ${image.repository} in the lock, not that of its reference`),
    ...differences('model', named, wanted.models, have.models),
    ...differences('provider', (item) => item.source, wanted.providers, have.providers),
    ...differences('file', named, wanted.files, have.files),
    ...differences('chart', named, wanted.charts, have.charts),
    ...differences('Ollama store', named, wanted.stores, have.stores),
  ];
}
