import { appendFile, mkdir, mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Digest, digestOf } from '../../../core/digest';
import { OCI_INDEX } from '../../../core/media-types';
import {
  checkSequence,
  keyFiles,
  type KnownBundles,
  knownBundles,
  recall,
} from '../../../offline-bundle/import/sequence';
import { type KnownSequence, raiseMark, readMark } from '../../../offline-bundle/import/sequence-mark';
import type { RootRecord } from '../../../offline-bundle/store/root-record';
import { openStore, type Store } from '../../../offline-bundle/store/store';
import { createSeal, sealFileName, sealPayload, type SealStatement } from '../../../offline-bundle/trust/seal';
import type { Check } from '../../../offline-bundle/verify/report';
import { flip } from '../../support/flip';
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

const NOTHING: KnownBundles = { statements: [], mark: undefined, unverified: [], damaged: [], problems: [] };

const known = (...given: (typeof key)[]): Promise<KnownBundles> => knownOf('nordlicht', ...given);
const knownOf = (site: string, ...given: (typeof key)[]): Promise<KnownBundles> =>
  knownBundles(
    store,
    site,
    given.map(({ trusted }) => trusted),
  );

describe('what the store knows of a site', () => {
  it('is nothing while it has no sealed bundle of it', async () => {
    await addBundle('other', 9, { site: 'suedlicht', says: { site: 'suedlicht' } });
    await addBundle('pinned', 9, { kind: 'pin' });
    expect(await known()).toEqual(NOTHING);
  });

  it('is what every kept seal says, verified again with the key that is kept beside it', async () => {
    for (const sequence of [3, 12, 7]) await addBundle(`bundle ${sequence}`, sequence);
    const { statements, unverified } = await known();
    expect(statements.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual([3, 7, 12]);
    expect(unverified).toEqual([]);
  });

  it('does not hold what no key verifies, in stores that kept none', async () => {
    await addBundle('bundle', 3, { withKey: false });
    expect(await known()).toEqual({ ...NOTHING, unverified: [digestOf('bundle')] });
    expect(await known(stranger)).toEqual({ ...NOTHING, unverified: [digestOf('bundle')] });
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
    const found = await known(key, stranger);
    expect(found).toMatchObject({ statements: [], unverified: [], damaged: [digestOf('bundle')] });
    expect(found.problems).toEqual([
      matching(new RegExp(`the seal ${key.trusted.id}.sigstore.json that the store keeps .* is (damaged|about)`)),
    ]);
  });
});

const hex = (name: string): string => digestOf(name).slice('sha256:'.length);
const recordFile = (name: string): string => path.join(store.dir, 'roots', `${hex(name)}.json`);
const sealFile = (name: string): string => path.join(store.dir, 'seals', hex(name), `${key.trusted.id}.sigstore.json`);

/** Ways in which a small file of the store may be damaged. */
const DAMAGES: Readonly<Record<string, (file: string) => Promise<void>>> = {
  flipped: (file) => flip(file, 200),
  truncated: (file) => truncate(file, 40),
  removed: (file) => rm(file),
  appended: (file) => appendFile(file, '{'),
  'replaced by a folder': async (file) => {
    await rm(file);
    await mkdir(file);
  },
};

describe.each(Object.entries(DAMAGES))('a kept seal that is %s', (_, damage) => {
  it('is named, and its bundle is said to be unknown', async () => {
    for (const sequence of [3, 7]) await addBundle(`bundle ${sequence}`, sequence);
    await damage(sealFile('bundle 7'));
    const { statements, damaged, problems } = await known();
    expect(statements.map(({ sequence }) => sequence)).toEqual([3]);
    expect(damaged).toEqual([digestOf('bundle 7')]);
    expect(problems).toEqual([matching(new RegExp(digestOf('bundle 7')))]);
  });

  it('takes nothing from what the store remembers where the site has its mark', async () => {
    await addBundle('bundle 7', 7);
    await raiseMark(store.dir, 'nordlicht', { sequence: 7, root: digestOf('bundle 7') });
    await damage(sealFile('bundle 7'));
    const memory = await known();
    expect(memory).toMatchObject({ statements: [], mark: { sequence: 7, root: digestOf('bundle 7') } });
    expect(memory.problems).toHaveLength(1);
  });

  it('says nothing about other sites', async () => {
    await addBundle('bundle 7', 7);
    await addBundle('other', 2, { site: 'suedlicht', says: { site: 'suedlicht' } });
    await damage(sealFile('bundle 7'));
    expect(await knownOf('suedlicht')).toEqual({
      ...NOTHING,
      statements: [statement('other', 2, { site: 'suedlicht' })],
    });
  });
});

it.each(Object.entries(DAMAGES).filter(([name]) => name !== 'removed'))(
  'a bundle is not forgotten with a record that is %s',
  async (_, damage) => {
    await addBundle('bundle 7', 7);
    await damage(recordFile('bundle 7'));
    expect((await known()).statements).toEqual([statement('bundle 7', 7)]);
  },
);

it('a bundle is not forgotten with a record that is gone, as long as its seals are kept and hold', async () => {
  await addBundle('bundle 7', 7);
  await addBundle('other', 9, { site: 'suedlicht', says: { site: 'suedlicht' } });
  for (const name of ['bundle 7', 'other']) await rm(recordFile(name));
  expect(await known()).toEqual({ ...NOTHING, statements: [statement('bundle 7', 7)] });
  await flip(sealFile('bundle 7'), 200);
  expect(await known()).toMatchObject({ statements: [], damaged: [] });
});

it('what the kept seals of a bundle say comes with the keys that signed it', async () => {
  await addBundle('bundle 7', 7);
  const kept = await store.seals(digestOf('bundle 7'));
  const found = { statement: statement('bundle 7', 7), unverified: false, problems: [] };
  expect(recall(digestOf('bundle 7'), kept, [])).toEqual({ ...found, signers: [key.trusted.id] });
});

it('the seal counts where a damaged record names another site', async () => {
  await addBundle('bundle 7', 7, { site: 'nordlichu' });
  expect((await known()).statements).toEqual([statement('bundle 7', 7)]);
});

describe('a bundle that arrives', () => {
  const old = statement('old', 4);
  const newest = statement('newest', 5, { sealedAt: '2026-11-24T20:00:00Z' });
  const store45: KnownBundles = { ...NOTHING, statements: [newest, old] };
  const judge = (
    seal: SealStatement,
    bundles: KnownBundles = store45,
    how: { isKnown?: boolean; allowOlder?: boolean } = {},
  ): Partial<Check>[] =>
    checkSequence(seal, bundles, { isKnown: false, allowOlder: false, ...how }).checks.map(
      ({ subject, result, detail }) => ({
        subject,
        result,
        detail,
      }),
    );
  const sequence = (result: Check['result'], detail: RegExp): object => ({
    subject: 'sequence',
    result,
    detail: matching(detail),
  });
  const follows = { subject: 'previous bundle', result: 'pass' };

  it('is welcome in an empty store, whatever came before it', () => {
    expect(judge(statement('new', 7, { previous: digestOf('x') }), NOTHING)).toEqual([sequence('pass', /has none/)]);
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
    expect(judge(statement('new', 5))[0]).toEqual(
      sequence('fail', /^5 is also that of another bundle, .*which one is newer cannot be told; --allow-older/),
    );
  });

  it('is refused where the store cannot tell its sequence', () => {
    const unverified = [digestOf('locked away')];
    expect(judge(statement('new', 6), { ...store45, unverified })[0]).toEqual(
      sequence('fail', /cannot be compared with sha256:.* name that key with --trust, too; --allow-older/),
    );
    expect(judge(statement('locked away', 6), { ...store45, unverified })[0]).toEqual(sequence('pass', /^6/));
  });

  it('is refused where the seals of another bundle are damaged, unless the mark or a successor tells its place', () => {
    const damaged = [digestOf('old')];
    const only: KnownBundles = { ...NOTHING, statements: [newest], damaged };
    expect(judge(statement('new', 6), only)[0]).toEqual(
      sequence('fail', /cannot be compared with sha256:.* import that bundle again.*; --allow-older/),
    );
    const told: KnownBundles[] = [
      { ...only, mark: { sequence: 5, root: newest.root } },
      { ...only, statements: [{ ...newest, previous: digestOf('old') }] },
    ];
    for (const bundles of told) expect(judge(statement('new', 6), bundles)[0]).toEqual(sequence('pass', /^6/));
    expect(judge(statement('new', 6, { previous: digestOf('old') }), only)[0]).toEqual(sequence('pass', /^6/));
  });

  it('is held against the mark where no seal is left', () => {
    const mark = { sequence: 5, root: newest.root };
    expect(judge(statement('new', 4), { ...NOTHING, mark })[0]).toEqual(sequence('fail', /^4 is older than 5/));
  });

  it('raises the mark with a higher sequence, and leaves it alone where the place of another is unknown', () => {
    const markAfter = (sequence: number, bundles: KnownBundles): KnownSequence | undefined =>
      checkSequence(statement('new', sequence), bundles, { isKnown: false, allowOlder: true }).mark;
    expect(markAfter(6, store45)).toEqual({ sequence: 6, root: digestOf('new') });
    expect(markAfter(4, store45)).toEqual({ sequence: 5, root: newest.root });
    expect(markAfter(6, { ...store45, damaged: [digestOf('lost')] })).toBeUndefined();
  });

  it.each([3, 5])('comes in with the sequence %i when somebody overrules, or the store has it', (number) => {
    for (const how of [{ isKnown: true }, { allowOlder: true }])
      expect(judge(statement('new', number), store45, how)[0]).toEqual(sequence('pass', /and that was allowed$/));
    expect(judge(newest, store45, { isKnown: true })).toEqual([sequence('pass', /as the store has it/)]);
  });
});

describe('the mark of a site', () => {
  const to = (sequence: number): KnownSequence => ({ sequence, root: digestOf(`bundle ${sequence}`) });

  it('is only raised', async () => {
    for (const sequence of [3, 12, 7]) await raiseMark(store.dir, 'nordlicht', to(sequence));
    expect(await readMark(store.dir, 'nordlicht')).toEqual(to(12));
    expect(await readMark(store.dir, 'suedlicht')).toBeUndefined();
  });

  it('counts as none with any of its bytes flipped', async () => {
    await raiseMark(store.dir, 'nordlicht', to(12));
    const [name = ''] = await readdir(path.join(store.dir, 'sequences'));
    const file = path.join(store.dir, 'sequences', name);
    for (let at = 0; at < (await stat(file)).size; at += 1) {
      await flip(file, at);
      expect([at, await readMark(store.dir, 'nordlicht')]).toEqual([at, undefined]);
      await flip(file, at);
    }
    expect(await readMark(store.dir, 'nordlicht')).toEqual(to(12));
  });
});
