/** What sizing needs of a model, read from the files that describe it. */
import { canonicalJson } from '../../core/canonical-json';
import { newHash } from '../../core/digest';
import { checkFailed } from '../../core/errors';
import type { LockModel, LockModelFile } from '../../site/generated/lock';
import { shapeOfGguf } from '../../site/lock/gguf-shape';
import { type ShapeReading, shapeOfConfig } from '../../site/lock/model-shape';
import type { ModelRequest } from '../../site/requests/requests';
import type { UpstreamClients } from '../fetch/clients';
import { type OpenAt, readResuming, readUpTo } from '../fetch/ranges';
import { ggufMetadata } from './gguf-header';

type Clients = Pick<UpstreamClients, 'hub' | 'http' | 'settings'>;

const CONFIG = 'config.json';
const INDEX = 'model.safetensors.index.json';
/** Larger descriptions than any real one: the index of a model with a hundred thousand tensors has 10 MB. */
const MAX_TEXT_BYTES = 32 * 1024 ** 2;
/** Where the pairs that describe a model end, before the vocabulary: as much of a GGUF file is read for its lock. */
export const GGUF_START_BYTES = 256 * 1024;

/** The first bytes of a file, or all of it. */
function start({ hub, http, settings }: Clients, request: ModelRequest, path: string, limit: number): Promise<Buffer> {
  const open: OpenAt = (offset) => hub.open(request, path, offset, { end: limit });
  return readUpTo(readResuming(http, open, settings.hfEndpoint), limit);
}

/** A JSON file whose bytes are those that were locked; undefined for any other, and for what is no JSON. */
async function jsonFile(clients: Clients, request: ModelRequest, file: LockModelFile | undefined): Promise<unknown> {
  if (file === undefined || file.size > MAX_TEXT_BYTES) return undefined;
  const bytes = await start(clients, request, file.path, file.size);
  if (newHash().update(bytes).digest('hex') !== file.sha256) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

const sum = (files: readonly LockModelFile[]): number => files.reduce((total, { size }) => total + size, 0);

/** Bytes of the tensors: what the index states, else the files at the root; other folders hold the same weights again. */
async function checkpointBytes(
  clients: Clients,
  request: ModelRequest,
  files: readonly LockModelFile[],
): Promise<number> {
  const index = await jsonFile(
    clients,
    request,
    files.find(({ path }) => path === INDEX),
  );
  const total = (index as { readonly metadata?: { readonly total_size?: unknown } } | undefined)?.metadata?.total_size;
  if (typeof total === 'number' && Number.isSafeInteger(total) && total > 0) return total;
  return sum(files.filter(({ path }) => !path.includes('/') && path.endsWith('.safetensors')));
}

/** The file that engines would name first: no projector, the first part of a split. */
const ggufFile = (files: readonly LockModelFile[]): LockModelFile | undefined =>
  files.find(({ path }) => path.endsWith('.gguf') && !/(?:^|\/)mmproj/.test(path));

/**
 * Reads config.json and the safetensors index, or the header of a GGUF file.
 *
 * @param files of the locked model
 * @returns undefined where the model has neither, as an adapter; sizing then says unknown
 */
export async function resolveShape(
  clients: Clients,
  request: ModelRequest,
  files: readonly LockModelFile[],
): Promise<ShapeReading | undefined> {
  const config = files.find(({ path }) => path === CONFIG);
  if (config !== undefined) {
    return shapeOfConfig(await jsonFile(clients, request, config), await checkpointBytes(clients, request, files));
  }
  const gguf = ggufFile(files);
  if (gguf === undefined) return undefined;
  return ggufShape(files, gguf, await start(clients, request, gguf.path, Math.min(gguf.size, GGUF_START_BYTES)));
}

/** @param bytes the first ones of the file */
function ggufShape(files: readonly LockModelFile[], gguf: LockModelFile, bytes: Buffer): ShapeReading {
  const split = /^(.*)-\d{5}-of-(\d{5})\.gguf$/.exec(gguf.path);
  const parts =
    split === null
      ? [gguf]
      : files.filter(
          ({ path }) => path.startsWith(`${split[1] ?? ''}-`) && path.endsWith(`-of-${split[2] ?? ''}.gguf`),
        );
  return shapeOfGguf(ggufMetadata(bytes), sum(parts));
}

/**
 * Compares what a lock says of a GGUF model with the bytes that were fetched for it: while locking, a part of the file was read
 * that no hash covers.
 *
 * @param read the first bytes of a file that has the digest which the lock names
 * @throws AirlockError (check) where the lock says otherwise
 */
export async function demandShape(
  model: LockModel,
  read: (file: LockModelFile, limit: number) => Promise<Buffer>,
): Promise<void> {
  const gguf = model.files.some(({ path }) => path === CONFIG) ? undefined : ggufFile(model.files);
  // What is unknown sizes nothing.
  if (gguf === undefined || model.shape === undefined) return;
  const found = ggufShape(model.files, gguf, await read(gguf, GGUF_START_BYTES));
  if ('shape' in found && canonicalJson(found.shape).equals(canonicalJson(model.shape))) return;
  throw checkFailed(
    'UPSTREAM_CONTENT_MISMATCH',
    `model ${model.name}: the lock says of ${gguf.path} what its bytes do not: ${JSON.stringify(model.shape)}; they say ${JSON.stringify(found)}`,
    'the Hub or a proxy before it gave other bytes while locking: run `airlock lock` again, and review the change',
  );
}
