/** The pull side of the OCI distribution API (distribution-spec 1.1). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Descriptor, formatPlatform } from '../../core/descriptor';
import { isDigest } from '../../core/digest';
import { INDEX_TYPES, MANIFEST_TYPES, OCI_INDEX } from '../../core/media-types';
import { imageRepository } from '../../site/enclave-names';
import { isAttestation } from '../resolve/foreign-manifest';
import type { Catalog } from './catalog';
import type { Content, Repository } from './content';
import { field, type Fields, setFields } from './fields';
import type { MirrorContext, Protocol } from './protocol';
import { requestTarget } from './request-path';
import { sendContent } from './send-content';

/** distribution-spec 1.1, "Error Codes", those that a read-only registry needs. */
export type OciErrorCode = 'NAME_UNKNOWN' | 'MANIFEST_UNKNOWN' | 'BLOB_UNKNOWN' | 'UNSUPPORTED' | 'UNAVAILABLE';

const API_VERSION: Fields = { 'docker-distribution-api-version': field('registry/2.0') };

/** An error body of the distribution API. */
export const ociError = (code: OciErrorCode, message: string): object => ({
  errors: [{ code, message, detail: null }],
});

const notFound = (reply: FastifyReply, code: OciErrorCode, message: string): FastifyReply =>
  reply.code(404).send(ociError(code, message));

/**
 * Finds a repository. containerd asks a mirror for `library/busybox?ns=docker.io`
 * (containerd, docs/hosts.md, "Registry Host Namespace"); the mirror's own names need no namespace.
 */
export function findRepository(
  catalog: Catalog,
  name: string,
  namespace: string | null,
): { readonly name: string; readonly repository: Repository } | undefined {
  const names = [...(namespace === null ? [] : [imageRepository({ host: namespace, path: name })]), name];
  for (const candidate of names) {
    const repository = catalog.repositories.get(candidate);
    if (repository !== undefined) return { name: candidate, repository };
  }
  return undefined;
}

/** One page of a sorted list (distribution-spec, "Listing Tags"): at most `n` names after `last`. */
export function page(
  names: Iterable<string>,
  query: URLSearchParams,
): { readonly names: string[]; readonly next?: { readonly n: number; readonly last: string } } {
  const asked = query.get('n');
  const last = query.get('last');
  const rest = [...names].sort().filter((name) => last === null || name > last);
  if (asked === null || !/^\d{1,9}$/.test(asked)) return { names: rest };
  const n = Number(asked);
  const taken = rest.slice(0, n);
  const end = taken.at(-1);
  return end === undefined || taken.length === rest.length
    ? { names: taken }
    : { names: taken, next: { n, last: end } };
}

function sendPage(
  reply: FastifyReply,
  path: string,
  query: URLSearchParams,
  all: Iterable<string>,
  body: (names: string[]) => object,
): void {
  const { names, next } = page(all, query);
  if (next !== undefined)
    setFields(reply, {
      link: field(`<${encodeURI(path)}?n=${next.n}&last=${encodeURIComponent(next.last)}>; rel="next"`),
    });
  reply.send(body(names));
}

function sendReferrers(reply: FastifyReply, { referrers }: Repository, digest: string, query: URLSearchParams): void {
  const all = isDigest(digest) ? (referrers.get(digest) ?? []) : [];
  const type = query.get('artifactType');
  const manifests = type === null ? all : all.filter((one: Descriptor) => one.artifactType === type);
  if (type !== null) setFields(reply, { 'oci-filters-applied': field('artifactType') });
  // As bytes: to a text Fastify adds a charset, and clients compare the media type as a whole.
  reply.type(OCI_INDEX).send(Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests })));
}

const isManifest = ({ mediaType }: Content): boolean =>
  MANIFEST_TYPES.includes(mediaType) || INDEX_TYPES.includes(mediaType);

/** What a manifest reference (tag or digest) or a blob digest means in a repository. */
function resolve({ contents, tags }: Repository, kind: string, reference: string): Content | undefined {
  const digest = isDigest(reference) ? reference : kind === 'manifests' ? tags.get(reference) : undefined;
  const content = digest === undefined ? undefined : contents.get(digest);
  return content === undefined || (kind === 'manifests' && !isManifest(content)) ? undefined : content;
}

/** Why a repository does not have something: an index may list it beside what was carried. */
function absence(name: string, { absent }: Repository, reference: string): string {
  const child = isDigest(reference) ? absent.get(reference) : undefined;
  if (child === undefined) return `repository ${name} has no ${reference}`;
  if (isAttestation(child))
    return `repository ${name} has no ${reference}: it is an attestation beside an image, and those are not carried`;
  if (INDEX_TYPES.includes(child.mediaType))
    return `repository ${name} has no ${reference}: it is an index within an index, and leads to no platform that the bundles carry`;
  const platform =
    child.platform === undefined ? 'a platform that its index does not name' : formatPlatform(child.platform);
  return `repository ${name} has no ${reference}: it is the image for ${platform}, which no bundle carries; add the platform to platforms of the site, and bring a new bundle`;
}

const ROUTE = /^\/v2\/(.+)\/(manifests|blobs|tags|referrers)\/([^/]+)$/;

async function answer(context: MirrorContext, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  setFields(reply, API_VERSION);
  const target = requestTarget(request);
  const catalog = await context.catalog();
  if (target?.path === '/v2/_catalog') {
    sendPage(reply, target.path, target.query, catalog.repositories.keys(), (repositories) => ({ repositories }));
    return;
  }
  const [, asked = '', kind = '', reference = ''] = ROUTE.exec(target?.path ?? '') ?? [];
  const found = target === undefined ? undefined : findRepository(catalog, asked, target.query.get('ns'));
  if (target === undefined || found === undefined) {
    notFound(reply, 'NAME_UNKNOWN', asked === '' ? 'no such path' : `no verified bundle brought repository ${asked}`);
    return;
  }
  const { name, repository } = found;
  if (kind === 'referrers') {
    sendReferrers(reply, repository, reference, target.query);
    return;
  }
  if (kind === 'tags' && reference === 'list') {
    sendPage(reply, `/v2/${asked}/tags/list`, target.query, repository.tags.keys(), (tags) => ({ name, tags }));
    return;
  }
  const content = resolve(repository, kind, reference);
  if (content === undefined) {
    const code = kind === 'blobs' ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN';
    notFound(reply, code, absence(name, repository, reference));
    return;
  }
  await sendContent(context, request, reply, content, {
    // Blobs are bytes: their media type stands in the manifest that names them.
    contentType: kind === 'manifests' ? content.mediaType : 'application/octet-stream',
    headers: { 'docker-content-digest': field(content.digest) },
  });
}

/** `/v2/…`: manifests, blobs, tags, referrers and the catalog of repositories. */
export const ociApi: Protocol = (app, context) => {
  const version = (_request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    setFields(reply, API_VERSION).send({});
  for (const url of ['/v2', '/v2/']) app.route({ method: ['GET', 'HEAD'], url, handler: version });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/v2/*',
    handler: async (request, reply) => {
      await answer(context, request, reply);
      return reply;
    },
  });
};
