/** Mends kept seals and their keys: what replaces one must hold under a key that the store or the caller has already. */
import { verify } from 'node:crypto';
import path from 'node:path';
import { type Digest, hexOf } from '../../core/digest';
import { makeFolders } from '../../core/make-folders';
import { keyFiles, recall } from '../import/sequence';
import { makeWay, writeDurably, writeFailed } from '../store/disk';
import type { Store } from '../store/store';
import type { TrustedKey } from '../trust/keys';
import { modelSignatureFault, modelSignatureFileName } from '../trust/model-signature';
import { parseSeal, sealFileName, sumsSignatureFileName } from '../trust/seal';
import { keyIn, sumsOf } from './seal-problems';
import { SUMS_FILE } from '../layout/sums';
import type { StoredRoot, StoreView } from './view';

/** Ids of the keys that vouched for a root when it came in; without its record, those that are kept with it. */
function idsOf({ record }: StoredRoot, kept: ReadonlyMap<string, Buffer>): string[] {
  if (record !== undefined) return 'signedBy' in record.trust ? [...record.trust.signedBy] : [];
  return [...new Set([...kept.keys()].map((file) => file.split('.')[0] ?? ''))];
}

async function put(store: Store, root: Digest, name: string, bytes: Buffer): Promise<void> {
  const folder = path.join(store.dir, 'seals', hexOf(root));
  await makeFolders(folder).catch((error: unknown) => Promise.reject(writeFailed(folder, error)));
  await makeWay(path.join(folder, name));
  await writeDurably(path.join(folder, name), bytes, path.join(store.dir, 'staging'));
}

/**
 * Mends the seals of one root. Only for the holder of the writer lock.
 *
 * @param offered seals as a source has them
 * @param given keys that the caller trusts
 * @returns paths of what was mended
 */
export async function repairSeals(
  { store, inventory }: StoreView,
  root: StoredRoot,
  offered: ReadonlyMap<string, Buffer>,
  given: readonly TrustedKey[],
): Promise<string[]> {
  const kept = await store.seals(root.digest);
  const lists = [await sumsOf(inventory, root), offered.get(SUMS_FILE)].filter((sums) => sums !== undefined);
  const mended: string[] = [];
  const replace = async (file: string, right: Buffer | undefined): Promise<void> => {
    if (right === undefined || kept.get(file)?.equals(right) === true) return;
    await put(store, root.digest, file, right);
    mended.push(`seals/${hexOf(root.digest)}/${file}`);
  };
  for (const id of idsOf(root, kept)) {
    const file = `${id}.pub`;
    // A record names the key by its id, which is a digest of it.
    const key =
      keyIn(kept.get(file), id) ??
      given.find((one) => one.id === id) ??
      (root.record === undefined ? undefined : keyIn(offered.get(file), id));
    if (key === undefined) continue;
    await replace(file, keyFiles([id], [key]).get(file));
    const holds = (seal: Buffer | undefined): boolean =>
      seal !== undefined && recall(root.digest, new Map([[sealFileName(id), seal]]), [key]).signers.includes(id);
    const seals = [kept, offered].map((from) => from.get(sealFileName(id)));
    const seal = seals.find(holds);
    await replace(sealFileName(id), seal);
    const { models = {} } = (seal === undefined ? undefined : parseSeal(seal).open(key.publicKey)) ?? {};
    for (const [name, digest] of Object.entries(models)) {
      const file = modelSignatureFileName(id, name);
      const found = [kept, offered].map((from) => from.get(file));
      const isRight = (one: Buffer | undefined): boolean =>
        one !== undefined && modelSignatureFault(one, digest, key.publicKey) === undefined;
      await replace(file, found.find(isRight));
    }
    const signs = (signature: Buffer | undefined): boolean =>
      signature !== undefined && lists.some((sums) => verify('sha256', sums, key.publicKey, signature));
    const signatures = [kept, offered].map((from) => from.get(sumsSignatureFileName(id)));
    await replace(sumsSignatureFileName(id), signatures.find(signs));
  }
  return mended;
}
