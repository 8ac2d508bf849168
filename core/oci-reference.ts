/** Image references as people write them, normalized the way the Docker client does (distribution/reference). */
import { badInput } from './errors';
import { type Digest, isDigest } from './digest';

/** A reference taken apart. */
export interface OciReference {
  /** Registry host with optional port, e.g. `docker.io`, `127.0.0.1:5000`. */
  readonly host: string;
  /** Repository path below the host, e.g. `library/busybox`. */
  readonly path: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const FORM = 'write [host[:port]/]repository[:tag][@sha256:…], e.g. docker.io/library/busybox:1.36';

/**
 * Takes a reference apart, normalized as the Docker client does.
 *
 * @example
 * parseOciReference('busybox:1.36'); // { host: 'docker.io', path: 'library/busybox', tag: '1.36' }
 *
 * @throws AirlockError (input) when the text is not an image reference.
 */
export function parseOciReference(text: string): OciReference {
  let rest = text;
  let digest: Digest | undefined;
  const at = rest.indexOf('@');
  if (at >= 0) {
    const tail = rest.slice(at + 1);
    if (!isDigest(tail))
      throw badInput('IMAGE_REFERENCE_INVALID', `image reference "${text}" ends in a malformed digest`, FORM);
    digest = tail;
    rest = rest.slice(0, at);
  }
  let tag: string | undefined;
  const colon = rest.lastIndexOf(':');
  if (colon > rest.lastIndexOf('/')) {
    tag = rest.slice(colon + 1);
    rest = rest.slice(0, colon);
    if (!TAG.test(tag))
      throw badInput('IMAGE_REFERENCE_INVALID', `image reference "${text}" has a malformed tag "${tag}"`, FORM);
  }
  const slash = rest.indexOf('/');
  const first = rest.slice(0, Math.max(slash, 0));
  const hasHost = first.includes('.') || first.includes(':') || first === 'localhost';
  const host = hasHost ? first : 'docker.io';
  let path = hasHost ? rest.slice(slash + 1) : rest;
  if (host === 'docker.io' && !path.includes('/')) path = `library/${path}`;
  if (!HOST.test(host) || !PATH.test(path))
    throw badInput('IMAGE_REFERENCE_INVALID', `"${text}" is not an image reference`, FORM);
  return {
    host,
    path,
    ...(tag === undefined && digest === undefined ? { tag: 'latest' } : tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** `host/path` without tag or digest. */
export const repositoryOf = (reference: OciReference): string => `${reference.host}/${reference.path}`;

/** The full, normalized text of a reference. */
export const formatOciReference = (reference: OciReference): string =>
  `${repositoryOf(reference)}${reference.tag === undefined ? '' : `:${reference.tag}`}${
    reference.digest === undefined ? '' : `@${reference.digest}`
  }`;
