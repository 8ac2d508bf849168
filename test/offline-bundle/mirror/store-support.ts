/** A store as an import leaves it, filled by hand from a made bundle. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { planBundle, type BundlePlan } from '../../../offline-bundle/layout/plan';
import { digestOf } from '../../../core/digest';
import { OCI_INDEX } from '../../../core/media-types';
import { BUNDLE_REPOSITORY } from '../../../site/enclave-names';
import { openStore, type Store } from '../../../offline-bundle/store/store';
import type { Lock } from '../../../site/generated/lock';
import { serializeLock } from '../../../site/lock/lock-file';
import { makeBundle, type MakeBundleOptions } from '../support/make-bundle';

/** A folder that is removed after the test file. */
export function scratchFolder(): () => string {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'airlock-mirror-'));
  });
  afterAll(async () => {
    await rm(dir, { recursive: true, force: true });
  });
  return () => dir;
}

export interface ImportOptions extends MakeBundleOptions {
  /** Changes the lock before the bundle is planned. */
  readonly editLock?: (lock: Lock) => void;
  /** Further content that an edited lock names. */
  readonly extra?: readonly Buffer[];
}

export interface Imported {
  readonly plan: BundlePlan;
  readonly lock: Lock;
}

async function* chunks(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}

/** Brings a bundle into the store in `<dir>/store`, making it where there is none. */
export async function importInto(dir: string, options: ImportOptions = {}): Promise<Imported & { store: Store }> {
  const name = `bundle-${options.site ?? ''}${options.variant ?? ''}`;
  const bundle = await makeBundle(path.join(dir, name), options);
  const { lock } = bundle;
  options.editLock?.(lock);
  const program = bundle.plan.blobs.find(({ artifact }) => artifact === 'kit/program')?.source;
  if (program?.kind !== 'bytes') throw new Error('no program');
  const plan = planBundle({
    lock,
    lockBytes: Buffer.from(serializeLock(lock)),
    siteBytes: Buffer.from(`name: ${lock.site}\n`),
    airlockMjs: program.bytes,
  });
  const store = await openStore(path.join(dir, 'store'), { create: true });
  for (const { digest, size, source } of plan.blobs) {
    const [, hex = ''] = digest.split(':');
    const extra = options.extra?.find((bytes) => digestOf(bytes) === digest);
    const bytes =
      source.kind === 'bytes'
        ? source.bytes
        : (extra ?? (await readFile(path.join(dir, name, 'blobs', 'sha256', hex))));
    await store.writeBlob({ digest, size }, chunks(bytes));
  }
  await store.addRoot({
    format: 1,
    kind: 'bundle',
    digest: plan.root,
    mediaType: OCI_INDEX,
    repository: BUNDLE_REPOSITORY,
    site: lock.site,
    trust: { unsigned: true, acceptedBy: 'this test' },
  });
  return { store, plan, lock };
}
