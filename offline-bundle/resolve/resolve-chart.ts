/** A Helm chart by repository and version → the packaged chart's size and SHA-256, once its bytes have been seen to be right. */
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { parse } from 'yaml';
import { digestOf, hexOf, isDigest } from '../../core/digest';
import { badInput, checkFailed } from '../../core/errors';
import { HELM_CHART, HELM_CONFIG } from '../../core/media-types';
import { parseOciReference } from '../../core/oci-reference';
import { upstreamReference } from '../../site/lock/chart-artifact';
import type { LockChart } from '../../site/generated/lock';
import type { ChartRequest } from '../../site/requests/requests';
import type { UpstreamClients } from '../fetch/clients';
import { unexpectedStatus } from '../fetch/ranges';
import { throughUpstream } from '../fetch/settings';
import { isCount, isObject, type JsonObject, malformed, parseJsonObject } from '../fetch/small-json';
import { readSmallBlob, SMALL_BLOB_LIMIT } from './small-blob';

type Clients = Pick<UpstreamClients, 'http' | 'registry' | 'settings'>;

/** Indexes of large repositories have some ten megabytes. */
const INDEX_LIMIT = 64 * 1024 ** 2;

/** @throws AirlockError (environment) when it cannot be had, or has more bytes than the limit */
async function download({ http, settings }: Clients, url: string, limit: number): Promise<Buffer> {
  const answer = await http.read({ url: throughUpstream(new URL(url), settings.upstreams) }, limit);
  if (answer.status !== 200) throw unexpectedStatus(answer);
  return answer.bytes;
}

/** Larger than any real one, unpacked; what unpacks to more is no chart. Bytes. */
const UNPACKED_LIMIT = 8 * SMALL_BLOB_LIMIT;

/** Chart.yaml of a packaged chart: `<chart>/Chart.yaml` (helm.sh, "The Chart File Structure"). */
async function chartYaml(bytes: Buffer): Promise<JsonObject> {
  const archive = extract();
  archive.end(gunzipSync(bytes, { maxOutputLength: UNPACKED_LIMIT }));
  for await (const entry of archive) {
    const parts: Uint8Array[] = [];
    for await (const part of entry as AsyncIterable<Uint8Array>) parts.push(part);
    if (!/^[^/]+\/Chart\.yaml$/.test(entry.header.name)) continue;
    const content: unknown = parse(Buffer.concat(parts).toString('utf8'));
    if (isObject(content)) return content;
  }
  return {};
}

/** @throws AirlockError (check) when the bytes are no chart, or another one */
async function demandChart(bytes: Buffer, { repository, chart, version }: ChartRequest): Promise<void> {
  const found = await chartYaml(bytes).catch((): JsonObject => ({}));
  if (found['name'] === chart && found['version'] === version) return;
  const says = [found['name'], found['version']].filter((part) => typeof part === 'string').join(' ') || 'no chart';
  throw checkFailed(
    'UPSTREAM_CONTENT_MISMATCH',
    `${repository} gives ${says} for ${chart} ${version}`,
    'the repository or a proxy before it gives wrong bytes; do not use them',
  );
}

interface Found {
  readonly bytes: Buffer;
  readonly from: LockChart['sha256From'];
  readonly url?: string;
}

/** A classic repository: index.yaml names versions, addresses and, mostly, hashes (helm.sh, "The Chart Repository Guide"). */
async function fromIndex(clients: Clients, request: ChartRequest): Promise<Found> {
  const { repository, chart, version } = request;
  const index = `${repository}/index.yaml`;
  const content: unknown = parse((await download(clients, index, INDEX_LIMIT)).toString('utf8'));
  const entries = isObject(content) ? content['entries'] : undefined;
  if (!isObject(entries)) throw malformed(index, 'no index of a Helm repository');
  const versions = (Array.isArray(entries[chart]) ? entries[chart] : []).filter(isObject);
  const entry = versions.find((candidate) => candidate['version'] === version);
  if (entry === undefined) {
    const known = versions.slice(0, 10).map((candidate) => String(candidate['version']));
    throw badInput(
      'UPSTREAM_NOT_FOUND',
      `${repository} has no ${chart} ${version}`,
      known.length === 0
        ? `charts there: ${Object.keys(entries).slice(0, 20).join(', ') || 'none'}`
        : `versions: ${known.join(', ')}`,
    );
  }
  const address: unknown = Array.isArray(entry['urls']) ? entry['urls'][0] : undefined;
  if (typeof address !== 'string') throw malformed(index, `${chart} ${version} has no address`);
  const url = new URL(address, `${repository}/`).href;
  const bytes = await download(clients, url, SMALL_BLOB_LIMIT);
  const stated = typeof entry['digest'] === 'string' ? entry['digest'].replace(/^sha256:/, '') : undefined;
  const sha256 = hexOf(digestOf(bytes));
  if (stated !== undefined && stated !== sha256) {
    throw checkFailed(
      'UPSTREAM_CONTENT_MISMATCH',
      `${url} has SHA-256 ${sha256}; the index of ${repository} states ${stated}`,
      'the download or the repository is wrong; do not use it',
    );
  }
  return { bytes, url, from: stated === undefined ? 'fetched' : 'index' };
}

/** A registry: one manifest whose only layer is the chart (helm/helm pkg/registry). */
async function fromRegistry(clients: Clients, request: ChartRequest): Promise<Found> {
  const reference = parseOciReference(upstreamReference(request));
  const manifest = await clients.registry.getManifest(reference);
  const { config, layers } = parseJsonObject(manifest.bytes, reference.host);
  const layer = (Array.isArray(layers) ? layers : []).filter(isObject).find((one) => one['mediaType'] === HELM_CHART);
  const [digest, size] = [layer?.['digest'], layer?.['size']];
  if (!isObject(config) || config['mediaType'] !== HELM_CONFIG || typeof digest !== 'string' || !isDigest(digest)) {
    throw badInput(
      'ARTIFACT_MALFORMED',
      `${upstreamReference(request)} is no Helm chart`,
      `its config must be ${HELM_CONFIG}: check repository and chart`,
    );
  }
  if (!isCount(size)) throw malformed(reference.host, `the layer of ${upstreamReference(request)} has no size`);
  const bytes = await readSmallBlob(clients, reference, { digest, size });
  return { bytes, from: 'registry' };
}

/**
 * Fetches a chart, and checks it against what its repository states of it and against its own Chart.yaml.
 *
 * @throws AirlockError (input) when there is no such chart or version, (check) when the bytes are others than stated
 */
export async function resolveChart(clients: Clients, request: ChartRequest): Promise<LockChart> {
  const found = await (request.repository.startsWith('oci://') ? fromRegistry : fromIndex)(clients, request);
  const { bytes, from, url } = found;
  await demandChart(bytes, request);
  return {
    ...request,
    ...(url === undefined ? {} : { url }),
    size: bytes.length,
    sha256: hexOf(digestOf(bytes)),
    sha256From: from,
  };
}
