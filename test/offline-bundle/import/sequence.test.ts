import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { digestOf } from '../../../core/digest';
import { OCI_INDEX } from '../../../core/media-types';
import { highestSequence } from '../../../offline-bundle/import/sequence';
import type { RootRecord } from '../../../offline-bundle/store/root-record';
import { openStore, type Store } from '../../../offline-bundle/store/store';
import { createSeal, sealPayload } from '../../../offline-bundle/trust/seal';
import { matching } from '../support/matchers';
import { makeKey } from '../support/make-bundle';

const key = makeKey();
let store: Store;
beforeEach(async () => {
  store = await openStore(await mkdtemp(path.join(os.tmpdir(), 'airlock-sequence-')), { create: true });
});
afterEach(() => rm(store.dir, { recursive: true }));

async function addBundle(name: string, sequence: number, over: Partial<RootRecord> = {}): Promise<void> {
  const [root, lock] = [digestOf(name), digestOf('lock')];
  const statement = { site: 'nordlicht', root, lock, sequence, sealedAt: '2026-11-23T20:00:00Z', previous: null };
  const seal = await createSeal(sealPayload(statement), key.signer);
  await store.keepSeals(root, new Map([[`${key.trusted.id}.sigstore.json`, seal]]));
  const trust = { signedBy: [key.trusted.id], threshold: 1 };
  const record = {
    format: 1,
    kind: 'bundle',
    digest: root,
    mediaType: OCI_INDEX,
    repository: 'airlock/bundle',
  } as const;
  await store.addRoot({ ...record, site: 'nordlicht', trust, ...over });
}

it('is unknown while the store has no sealed bundle of the site', async () => {
  await addBundle('other', 9, { site: 'suedlicht' });
  await addBundle('pinned', 9, { kind: 'pin' });
  expect(await highestSequence(store, 'nordlicht')).toBeUndefined();
});

it('is that of the newest bundle, whatever order they came in', async () => {
  for (const sequence of [3, 12, 7]) await addBundle(`bundle ${sequence}`, sequence);
  expect(await highestSequence(store, 'nordlicht')).toEqual({ sequence: 12, root: digestOf('bundle 12') });
});

it('cannot be told from a damaged seal', async () => {
  await addBundle('bundle', 3);
  await store.keepSeals(digestOf('bundle'), new Map([['0123456789abcdef.sigstore.json', Buffer.from('{}')]]));
  await expect(highestSequence(store, 'nordlicht')).rejects.toMatchObject({
    kind: 'input',
    message: matching(/0123456789abcdef.sigstore.json/),
  });
});
