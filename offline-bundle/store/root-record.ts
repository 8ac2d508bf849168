/** What makes a bundle or a pinned manifest servable: one small file per root (docs/contracts.md, "Store"). */
import { canonicalJson, reviewJson } from '../../core/canonical-json';
import { type Digest, digestOf, hexOf, isDigest } from '../../core/digest';
import { badInput } from '../../core/errors';
import { INDEX_TYPES, MANIFEST_TYPES, OCI_INDEX } from '../../core/media-types';
import { BUNDLE_REPOSITORY } from '../../site/enclave-names';

/** Why the store trusts a root. */
export type RootTrust =
  | {
      /** Ids of the trusted keys whose seals the import accepted. */
      readonly signedBy: readonly string[];
      /** How many distinct keys the import demanded. */
      readonly threshold: number;
    }
  | {
      readonly unsigned: true;
      /** Who took the responsibility, in that person's words. */
      readonly acceptedBy: string;
    };

export interface RootRecord {
  readonly format: 1;
  /** A sealed bundle that was imported, or a manifest that a plan pins by digest. */
  readonly kind: 'bundle' | 'pin';
  readonly digest: Digest;
  readonly mediaType: string;
  /** Repository under which the mirror serves the root itself. */
  readonly repository: string;
  readonly site: string;
  readonly trust: RootTrust;
}

/** Root records are a few hundred bytes; more is not one of ours. Bytes. */
export const MAX_RECORD_BYTES = 64 * 1024;

/** distribution-spec 1.1, "Pulling manifests", `<name>`. */
export const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

const isText = (value: unknown): value is string => typeof value === 'string';

function isTrust(value: unknown): value is RootTrust {
  if (typeof value !== 'object' || value === null) return false;
  const trust = value as Record<string, unknown>;
  if ('unsigned' in trust) return trust['unsigned'] === true && isText(trust['acceptedBy']);
  const { signedBy, threshold } = trust;
  return Array.isArray(signedBy) && signedBy.every(isText) && Number.isSafeInteger(threshold);
}

function isRecord(value: unknown): value is RootRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { format, kind, digest, mediaType, repository, site, trust } = value as Record<string, unknown>;
  return (
    format === 1 &&
    (kind === 'bundle' || kind === 'pin') &&
    isText(digest) &&
    isDigest(digest) &&
    isText(mediaType) &&
    (kind === 'bundle' ? mediaType === OCI_INDEX : [...MANIFEST_TYPES, ...INDEX_TYPES].includes(mediaType)) &&
    isText(repository) &&
    (kind === 'bundle' ? repository === BUNDLE_REPOSITORY : REPOSITORY.test(repository)) &&
    isText(site) &&
    isTrust(trust)
  );
}

const FIELDS: readonly string[] = ['format', 'kind', 'digest', 'mediaType', 'repository', 'site', 'trust'];

/** The text of a record, which says its own digest: a flipped bit may not read as another trust, site or repository. */
export const recordText = (record: RootRecord): string =>
  reviewJson({ ...record, check: digestOf(canonicalJson(record)) });

/** Whether a record is as it was written. Those of earlier releases do not say their digest. */
function isUnchanged({ check, ...content }: RootRecord & { readonly check?: unknown }): boolean {
  if (Object.keys(content).some((name) => !FIELDS.includes(name))) return false;
  return check === undefined || check === digestOf(canonicalJson(content));
}

/** File name of a root's record inside `roots/`. */
export const recordName = (digest: Digest): string => `${hexOf(digest)}.json`;

/**
 * Reads a record and checks that it is one and stands under its own name.
 *
 * @param file path for messages; its last part must be {@link recordName} of the digest inside
 * @throws AirlockError (input) when the text is not a root record of format 1
 */
export function parseRootRecord(text: string, file: string): RootRecord {
  const fix = 'remove the file and import the bundle again';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badInput('STORE_RECORD_INVALID', `${file} is not JSON`, fix);
  }
  if (!isRecord(value)) throw badInput('STORE_RECORD_INVALID', `${file} is not a root record of format 1`, fix);
  if (!file.endsWith(recordName(value.digest)))
    throw badInput('STORE_RECORD_INVALID', `${file} speaks of another root, ${value.digest}`, fix);
  if (!isUnchanged(value)) throw badInput('STORE_RECORD_INVALID', `${file} is not as it was written`, fix);
  const { format, kind, digest, mediaType, repository, site, trust } = value;
  return { format, kind, digest, mediaType, repository, site, trust };
}
