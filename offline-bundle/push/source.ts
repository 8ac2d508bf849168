/** What a push may send: what a store took, or what a bundle holds once its seals and every byte are verified. */
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '../../core/digest';
import { badInput, checkFailed } from '../../core/errors';
import { OCI_INDEX } from '../../core/media-types';
import type { Progress } from '../../core/progress';
import { BUNDLE_REPOSITORY } from '../../site/enclave-names';
import { type Catalog, mergeCatalog } from '../mirror/catalog';
import { LiveCatalog } from '../mirror/live-catalog';
import { readRoot } from '../mirror/root-contents';
import { derivedImages } from '../store/derived-images';
import type { RootRecord } from '../store/root-record';
import { openStore, type Store, storeAt } from '../store/store';
import { chooseRoot } from '../upkeep/choose';
import { viewStore } from '../upkeep/view';
import { failures } from '../verify/report';
import type { TrustOptions } from '../verify/seal-check';
import { verifyBundle } from '../verify/verify-bundle';

export interface PushSource {
  readonly store: Pick<Store, 'blobPath'>;
  readonly catalog: Catalog;
}

const isThere = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    () => false,
  );

/** Whether a folder is a bundle, and not a store. */
export const isBundle = async (dir: string): Promise<boolean> =>
  !(await isThere(path.join(dir, 'store.json'))) && (await isThere(path.join(dir, 'oci-layout')));

/**
 * A store, as a mirror would serve it.
 *
 * @param bundle the one to push, as `airlock store remove` takes it. @default - all of them
 * @throws AirlockError (input) when it is no store, or has no such bundle; (check) when that bundle is damaged
 */
export async function storeSource(dir: string, bundle: string | undefined, progress: Progress): Promise<PushSource> {
  const store = await openStore(dir);
  if (bundle === undefined)
    return { store, catalog: await new LiveCatalog(store, (line) => progress.note(line)).current() };
  const chosen = chooseRoot((await viewStore(dir)).roots, bundle);
  const record = (await store.roots()).find(({ digest }) => digest === chosen);
  if (record === undefined)
    throw badInput('STORE_RECORD_INVALID', `the record of ${chosen} is damaged`, 'airlock store repair brings it back');
  return { store, catalog: mergeCatalog([await readRoot(store, record, await derivedImages(store.dir))], []) };
}

/**
 * A bundle, after every check of `airlock verify`.
 *
 * @throws AirlockError (check) when one of them fails; see also `verifyBundle`
 */
export async function bundleSource(dir: string, trust: TrustOptions, progress: Progress): Promise<PushSource> {
  const report = await verifyBundle({ dir, ...trust, progress });
  const [fault] = failures(report.checks);
  if (fault !== undefined || report.root === undefined)
    throw checkFailed(
      (report.reasons ?? []).length > 0 ? 'SEAL_UNTRUSTED' : 'BUNDLE_DAMAGED',
      `${dir} is not pushed: ${fault?.subject ?? 'no index'}: ${fault?.detail ?? ''}`,
      '`airlock verify` names everything that is wrong with it',
    );
  const store = storeAt(dir);
  return { store, catalog: mergeCatalog([await readRoot(store, recordOf(report.root, report.site ?? ''))], []) };
}

/** A bundle as a store would record it. Who vouches for it was asked before. */
const recordOf = (digest: Digest, site: string): RootRecord => ({
  ...{ format: 1, kind: 'bundle', digest, mediaType: OCI_INDEX, repository: BUNDLE_REPOSITORY, site },
  trust: { signedBy: [], threshold: 1 },
});
