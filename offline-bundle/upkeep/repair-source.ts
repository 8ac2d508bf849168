/** Where a store gets back what it has lost: a bundle's medium, another store, or a mirror. Nothing of it is believed: a blob has its digest, a seal its key. */
import path from 'node:path';
import { type Digest, digestOf, isDigest } from '../../core/digest';
import { AirlockError } from '../../core/errors';
import { AIRLOCK_BUNDLE } from '../../core/media-types';
import type { Progress } from '../../core/progress';
import { HttpClient } from '../fetch/http';
import { pullBlob } from '../fetch/pull-blob';
import type { KnownSequence } from '../import/sequence-mark';
import { RegistryClient } from '../oci/registry-client';
import { derivedImages } from '../store/derived-images';
import type { RootRecord } from '../store/root-record';
import { openStore, type Store } from '../store/store';
import type { LockModelImage } from '../../site/generated/lock';
import { blobFile, type ExpectedBlob } from '../verify/blob-check';
import { type BundleDirectory, openBundle, readBundleFile } from '../verify/bundle-directory';
import { readModelSignatures } from '../verify/model-signatures';
import { readSeals } from '../verify/seal-check';
import { MAX_MANIFEST_BYTES } from '../layout/walk';
import { viewStore } from './view';

/** What a source knows beside blobs; of a mirror that is nothing. */
export interface SourceRecords {
  readonly records: ReadonlyMap<Digest, RootRecord>;
  readonly marks: ReadonlyMap<string, KnownSequence>;
  readonly derived: ReadonlyMap<Digest, LockModelImage>;
  /** Seals of a root by file name, with SHA256SUMS where the source is its medium. */
  seals(root: Digest): Promise<ReadonlyMap<string, Buffer>>;
}

export interface RepairSource extends SourceRecords {
  /** As it was named. */
  readonly name: string;
  /**
   * Writes a blob into a store.
   *
   * @param repository under which a mirror has it
   * @returns why the source cannot; undefined where it could
   * @throws AirlockError (environment) when the disk or the line fails
   */
  bring(store: Store, blob: ExpectedBlob, repository: string, progress: Progress): Promise<string | undefined>;
  close(): Promise<void>;
}

const NOTHING: SourceRecords = {
  ...{ records: new Map(), marks: new Map(), derived: new Map() },
  seals: () => Promise.resolve(new Map()),
};

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}

/** What a source gives wrong is told; what hinders everything ends the repair. */
async function told(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    const isOfTheBlob =
      error instanceof AirlockError &&
      (error.kind === 'check' || error.kind === 'input' || error.code === 'UPSTREAM_ANSWER_INVALID');
    if (isOfTheBlob) return error.message;
    throw error;
  }
}

function folderSource(name: string, from: BundleDirectory, records: SourceRecords): RepairSource {
  return {
    ...records,
    name,
    bring: async (store, { digest, size, name: what }, _repository, progress) => {
      const entry = from.entries.get(blobFile(digest));
      if (entry === undefined) return 'it does not have it';
      if (entry.kind !== 'file') return `it has a ${entry.kind} in its place`;
      // Of a root whose blob is gone nobody knows the size; its digest decides.
      if (size > 0 && entry.size !== size) return `it has it with ${entry.size} bytes, not ${size}`;
      const content = { digest, size: entry.size, name: what };
      return told(() => store.writeBlob(content, { path: path.join(from.dir, blobFile(digest)) }, progress));
    },
    close: () => Promise.resolve(),
  };
}

/** Digest of the index that a medium's index.json names. */
async function rootOf(bundle: BundleDirectory): Promise<Digest | undefined> {
  try {
    const bytes = await readBundleFile(bundle, 'index.json', MAX_MANIFEST_BYTES);
    const { manifests } = JSON.parse(bytes?.toString('utf8') ?? '') as {
      readonly manifests: readonly { readonly artifactType?: string; readonly digest: string }[];
    };
    const digest = manifests.find(({ artifactType }) => artifactType === AIRLOCK_BUNDLE)?.digest ?? '';
    return isDigest(digest) ? digest : undefined;
  } catch {
    return undefined;
  }
}

/** 80 bytes a line: room for 800,000 blobs. Bytes. */
const MAX_SUMS_BYTES = 64 * 1024 * 1024;

/**
 * A bundle's medium or another store.
 *
 * @throws AirlockError (input) when the folder is neither; (environment) when it cannot be read
 */
export async function openFolder(dir: string): Promise<RepairSource> {
  const from = await openBundle(dir);
  if (!from.entries.has('store.json')) {
    const root = await rootOf(from);
    const seals = async (of: Digest): Promise<ReadonlyMap<string, Buffer>> => {
      const sums = of === root ? await readBundleFile(from, 'SHA256SUMS', MAX_SUMS_BYTES) : undefined;
      return of === root
        ? new Map([
            ...(await readSeals(from)),
            ...(await readModelSignatures(from)),
            ...(sums ? [['SHA256SUMS', sums] as const] : []),
          ])
        : new Map();
    };
    return folderSource(dir, from, { ...NOTHING, seals });
  }
  const store = await openStore(dir);
  const { marks, roots } = await viewStore(dir);
  return folderSource(dir, from, {
    records: new Map(roots.flatMap(({ digest, record }) => (record === undefined ? [] : [[digest, record] as const]))),
    ...{ marks, derived: await derivedImages(dir) },
    seals: (root) => store.seals(root),
  });
}

export interface MirrorSourceOptions {
  readonly url: URL;
  /** PEM texts trusted beside Node's own roots. */
  readonly authorities: readonly string[];
  /** Version of the kit, for `User-Agent`. */
  readonly version: string;
  readonly progress: Progress;
  /** @default - a client of its own */
  readonly http?: HttpClient;
}

/** A mirror of Airlock. */
export function openMirror({ url, authorities, version, progress, http: given }: MirrorSourceOptions): RepairSource {
  const http = given ?? new HttpClient({ version, authorities, progress });
  const client = new RegistryClient(http, new Map([[url.host.toLowerCase(), url]]), () => Promise.resolve(undefined));
  return {
    ...NOTHING,
    name: url.href,
    bring: (store, { digest, size, name }, repository, seen) =>
      told(async () => {
        const reference = { host: url.host, path: repository, digest };
        if (size === 0) {
          // A root whose size nobody knows, or a file of no bytes.
          const isEmpty = digest === digestOf('');
          const { bytes } = isEmpty ? { bytes: Buffer.alloc(0) } : await client.getManifest(reference);
          await store.writeBlob({ digest, size: bytes.length, name }, once(bytes), seen);
          return;
        }
        await pullBlob(
          http,
          url,
          (offset) => client.openBlob(reference, digest, offset, { size }),
          {
            size,
            stagedBytes: () => store.stagedBytes(digest),
            write: (source, progressOfBlob) => store.writeBlob({ digest, size, name }, source, progressOfBlob),
          },
          seen,
        );
      }),
    close: () => (given === undefined ? http.close() : Promise.resolve()),
  };
}
