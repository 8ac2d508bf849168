import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Digest, digestOf } from '../../../core/digest';
import { OCI_INDEX } from '../../../core/media-types';
import { checkSequence, keyFiles, type KnownBundles, knownBundles } from '../../../offline-bundle/import/sequence';
import type { RootRecord } from '../../../offline-bundle/store/root-record';
import { openStore, type Store } from '../../../offline-bundle/store/store';
import { createSeal, sealFileName, sealPayload, type SealStatement } from '../../../offline-bundle/trust/seal';
import type { Check } from '../../../offline-bundle/verify/report';
import { matching } from '../support/matchers';
import { makeKey } from '../support/make-bundle';

const [key, stranger] = [makeKey(), makeKey()];
let store: Store;
beforeEach(async () => {
  store = await openStore(await mkdtemp(path.join(os.tmpdir(), 'airlock-sequence-')), { create: true });
});
afterEach(() => rm(store.dir, { recursive: true }));

const statement = (name: string, sequence: number, over: Partial<SealStatement> = {}): SealStatement => ({
  site: 'nordlicht',
  root: digestOf(name),
  lock: digestOf('lock'),
  sequence,
  sealedAt: '2026-11-23T20:00:00Z',
  previous: null,
  ...over,
});

interface Kept extends Partial<RootRecord> {
  readonly withKey?: boolean;
  readonly says?: Partial<SealStatement>;
  readonly signer?: typeof key;
}

async function addBundle(
  name: string,
  sequence: number,
  { withKey = true, says, signer = key, ...over }: Kept = {},
): Promise<void> {
  const root = digestOf(name);
  const seal = await createSeal(sealPayload(statement(name, sequence, says)), {
    ...signer.signer,
    keyId: key.trusted.id,
  });
  const keys = withKey ? keyFiles([key.trusted.id], [key.trusted, stranger.trusted]) : [];
  await store.keepSeals(root, new Map([[sealFileName(key.trusted.id), seal], ...keys]));
  const trust = { signedBy: [key.trusted.id], threshold: 1 };
  const record = { format: 1, kind: 'bundle', digest: root, mediaType: OCI_INDEX } as const;
  await store.addRoot({ ...record, repository: 'airlock/bundle', site: 'nordlicht', trust, ...over });
}

const known = (...given: (typeof key)[]): Promise<KnownBundles> =>
  knownBundles(
    store,
    'nordlicht',
    given.map(({ trusted }) => trusted),
  );

describe('what the store knows of a site', () => {
  it('is nothing while it has no sealed bundle of it', async () => {
    await addBundle('other', 9, { site: 'suedlicht' });
    await addBundle('pinned', 9, { kind: 'pin' });
    expect(await known()).toEqual({ statements: [], unverified: [] });
  });

  it('is what every kept seal says, verified again with the key that is kept beside it', async () => {
    for (const sequence of [3, 12, 7]) await addBundle(`bundle ${sequence}`, sequence);
    const { statements, unverified } = await known();
    expect(statements.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual([3, 7, 12]);
    expect(unverified).toEqual([]);
  });

  it('does not hold what no key verifies, in stores that kept none', async () => {
    await addBundle('bundle', 3, { withKey: false });
    expect(await known()).toEqual({ statements: [], unverified: [digestOf('bundle')] });
    expect(await known(stranger)).toEqual({ statements: [], unverified: [digestOf('bundle')] });
    expect(await known(key)).toMatchObject({ statements: [{ sequence: 3 }], unverified: [] });
  });

  it.each<[string, () => Promise<void>]>([
    [
      'that is no seal',
      async () => {
        await addBundle('bundle', 3);
        await store.keepSeals(digestOf('bundle'), new Map([[sealFileName(key.trusted.id), Buffer.from('{}')]]));
      },
    ],
    ['that another key signed', () => addBundle('bundle', 3, { signer: stranger })],
    ['that is about another bundle', () => addBundle('bundle', 3, { says: { root: digestOf('other') } })],
    [
      'beside which another key was put',
      async () => {
        await addBundle('bundle', 3);
        const kept = await store.seals(digestOf('bundle'));
        kept.set(`${key.trusted.id}.pub`, Buffer.from(stranger.publicPem));
        await store.keepSeals(digestOf('bundle'), kept);
      },
    ],
  ])('cannot be told from a kept seal %s', async (_, keep) => {
    await keep();
    await expect(known(key, stranger)).rejects.toMatchObject({
      kind: 'input',
      message: matching(new RegExp(`the seal ${key.trusted.id}.sigstore.json that the store keeps .* is damaged`)),
    });
  });
});

describe('a bundle that arrives', () => {
  const old = statement('old', 4);
  const newest = statement('newest', 5, { sealedAt: '2026-11-24T20:00:00Z' });
  const store45: KnownBundles = { statements: [newest, old], unverified: [] };
  const judge = (
    seal: SealStatement,
    bundles: KnownBundles = store45,
    how: { isKnown?: boolean; allowOlder?: boolean } = {},
  ): Partial<Check>[] =>
    checkSequence(seal, bundles, { isKnown: false, allowOlder: false, ...how }).map(({ subject, result, detail }) => ({
      subject,
      result,
      detail,
    }));
  const sequence = (result: Check['result'], detail: RegExp): object => ({
    subject: 'sequence',
    result,
    detail: matching(detail),
  });
  const follows = { subject: 'previous bundle', result: 'pass' };

  it('is welcome in an empty store, whatever came before it', () => {
    const nothing = { statements: [], unverified: [] };
    expect(judge(statement('new', 7, { previous: digestOf('x') }), nothing)).toEqual([sequence('pass', /has none/)]);
  });

  it('is welcome with a higher sequence, silently where it names the newest as the one before it', () => {
    expect(judge(statement('new', 6, { previous: newest.root }))).toEqual([
      sequence('pass', /^6, the store has 5$/),
      expect.objectContaining(follows) as unknown,
    ]);
  });

  it.each<[string, Digest | null, RegExp]>([
    ['none', null, /the seal names none, the newest that the store has of this site is sha256:/],
    ['an older one', old.root, new RegExp(`the seal names ${old.root}, the newest .* is ${newest.root}`)],
    ['one that never came', digestOf('lost'), /one in between did not come here/],
  ])('gets a note, and no more, when the one before it is said to be %s', (_, previous, detail) => {
    expect(judge(statement('new', 6, { previous }))[1]).toEqual({
      subject: 'previous bundle',
      result: 'note',
      detail: matching(detail),
    });
  });

  it('is refused with a lower sequence', () => {
    expect(judge(statement('new', 3))[0]).toEqual(sequence('fail', /^3 is older than 5, .*--allow-older/));
  });

  it('is refused with the sequence of another bundle: nobody can tell which is newer', () => {
    const detail =
      /^5 is also that of another bundle, .*2026-11-23T20:00:00Z and 2026-11-24T20:00:00Z\); --allow-older/;
    expect(judge(statement('new', 5))[0]).toEqual(sequence('fail', detail));
  });

  it('is refused where the store cannot tell its sequence', () => {
    const unverified = [digestOf('locked away')];
    expect(judge(statement('new', 6), { ...store45, unverified })[0]).toEqual(
      sequence('fail', /cannot be compared with sha256:.* name that key with --trust, too; --allow-older/),
    );
    expect(judge(statement('locked away', 6), { ...store45, unverified })[0]).toEqual(sequence('pass', /^6/));
  });

  it.each([3, 5])('comes in with the sequence %i when somebody overrules, or the store has it', (number) => {
    for (const how of [{ isKnown: true }, { allowOlder: true }])
      expect(judge(statement('new', number), store45, how)[0]).toEqual(sequence('pass', /and that was allowed$/));
    expect(judge(newest, store45, { isKnown: true })).toEqual([sequence('pass', /as the store has it/)]);
  });
});
