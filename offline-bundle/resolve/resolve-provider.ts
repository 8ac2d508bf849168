/** A Terraform provider package → both hashes that Terraform checks. */
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkFailed } from '../../core/errors';
import type { LockProviderPackage } from '../../site/generated/lock';
import type { UpstreamClients } from '../fetch/clients';
import { readResuming } from '../fetch/ranges';
import { writeFailed } from '../store/disk';
import { packageHash } from '../terraform/package-hash';
import type { ProviderPackageName } from '../terraform/provider-address';
import { atMost } from './at-most';
import { type Hashed, hashStream } from './hash-stream';

/** Ten times the largest provider; its registry states no size. Bytes. */
const MOST_BYTES = 4 * 1024 ** 3;

type Clients = Pick<UpstreamClients, 'providers' | 'providerMirror' | 'http'>;

/** Keeps a package on disk for a while: the hash over its contents needs the zip's directory, which stands at the end. */
async function withDownload<T>(
  stream: AsyncIterable<Uint8Array>,
  use: (file: string, hashed: Hashed) => Promise<T>,
): Promise<T> {
  let folder: string | undefined;
  try {
    folder = await mkdtemp(path.join(tmpdir(), 'airlock-provider-'));
    const file = path.join(folder, 'package.zip');
    const handle = await open(file, 'wx');
    const hashed = await hashStream(writing(handle, stream)).finally(() => handle.close());
    return await use(file, hashed);
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? writeFailed(folder ?? tmpdir(), error) : error;
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** Passes a stream on, each part written to a file before. */
async function* writing(handle: FileHandle, stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const part of stream) {
    await handle.writeFile(part);
    yield part;
  }
}

/**
 * Resolves one package, from the mirror directory where one is set, else from its registry.
 *
 * @throws AirlockError (input) when it does not exist, (check) when the zip is not the one that the registry states
 */
export async function resolveProviderPackage(
  clients: Clients,
  wanted: ProviderPackageName,
): Promise<LockProviderPackage> {
  const { platform } = wanted;
  if (clients.providerMirror !== undefined) {
    const { file, filename } = await clients.providerMirror.find(wanted);
    return { platform, filename, ...(await hashStream(createReadStream(file))), h1: await packageHash(file) };
  }
  const { url, filename, sha256 } = await clients.providers.find(wanted);
  const stream = readResuming(clients.http, (offset) => clients.providers.open(url, offset), url);
  return withDownload(
    atMost(stream, () => MOST_BYTES, `${url.host}: ${filename}`),
    async (file, hashed) => {
      if (hashed.sha256 !== sha256) {
        throw checkFailed(
          'UPSTREAM_CONTENT_MISMATCH',
          `${url.host} gives ${filename} with SHA-256 ${hashed.sha256}; its registry states ${sha256}`,
          'the download or the registry is wrong; do not use it',
        );
      }
      return { platform, filename, url: url.href, ...hashed, h1: await packageHash(file) };
    },
  );
}
