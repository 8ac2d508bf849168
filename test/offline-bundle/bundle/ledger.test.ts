import { execFileSync } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { type Digest, digestOf } from '../../../core/digest';
import {
  demandRising,
  ledgerBeside,
  newestOf,
  nextOf,
  readLedger,
  type SealedBundle,
  withLedger,
} from '../../../offline-bundle/bundle/ledger';
import type { SealStatement } from '../../../offline-bundle/trust/seal';

const [one, two, three] = ['one', 'two', 'three'].map((name) => digestOf(name)) as [Digest, Digest, Digest];
const sealed = (sequence: number, root: Digest, site = 'nordlicht'): SealedBundle => ({
  ...{ site, sequence, root },
  sealedAt: '2026-06-15T12:00:00Z',
});
const statement = (sequence: number, root: Digest, site = 'nordlicht'): SealStatement => ({
  ...{ ...sealed(sequence, root, site), lock: digestOf('lock'), previous: null },
});
let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'airlock-ledger-'));
  file = path.join(folder, 'airlock-ledger.json');
});
afterEach(() => rm(folder, { recursive: true }));
const bundles = (): Promise<readonly SealedBundle[]> => withLedger(file, (ledger) => Promise.resolve(ledger.bundles));

describe('what follows', () => {
  it.each([
    ['nothing', [], one, undefined],
    ['a bundle of another site', [sealed(4, one, 'suedlicht')], one, undefined],
    ['another bundle', [sealed(4, one)], two, { sequence: 5, previous: one }],
    ['the newest, whatever came last', [sealed(4, one), sealed(2, two)], three, { sequence: 5, previous: one }],
    ['an older bundle, again', [sealed(4, one), sealed(5, two)], one, { sequence: 6, previous: two }],
    ['the same bundle, again', [sealed(4, one), sealed(5, two)], two, { sequence: 5, previous: one }],
    ['the only bundle, again', [sealed(4, one)], one, { sequence: 4, previous: null }],
    ['one that was counted twice', [sealed(4, one), sealed(5, one)], one, { sequence: 5, previous: null }],
  ] as [string, SealedBundle[], Digest, object | undefined][])('%s', (_what, known, root, next) => {
    expect(nextOf({ bundles: known }, 'nordlicht', root)).toEqual(next);
  });

  it('always rises, for another bundle', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.constantFrom(one, two))), (known) => {
        const ledger = { bundles: known.map(([sequence, root]) => sealed(sequence, root)) };
        const next = nextOf(ledger, 'nordlicht', three);
        if (next === undefined) expect(known).toEqual([]);
        else for (const [sequence] of known) expect(next.sequence).toBeGreaterThan(sequence);
        expect(() =>
          demandRising(ledger, { site: 'nordlicht', sequence: next?.sequence ?? 1, root: three }),
        ).not.toThrow();
      }),
    );
  });

  it('is refused where it does not rise, and says what there is', () => {
    const ledger = { bundles: [sealed(4, one), sealed(5, two)] };
    const demand = (sequence: number, root: Digest, site?: string) => () =>
      demandRising(ledger, statement(sequence, root, site));
    for (const sequence of [0, 4, 5])
      expect(demand(sequence, three)).toThrow(
        expect.objectContaining({
          code: 'SEAL_CHOICES_INVALID',
          message: `sequence ${sequence} does not rise: ${two} of nordlicht was sealed with 5 at 2026-06-15T12:00:00Z`,
          fix: 'leave --sequence out, which takes 6; or overrule it with --allow-lower-sequence',
        }) as Error,
      );
    expect(demand(4, one)).toThrow();
    for (const allowed of [demand(6, three), demand(5, two), demand(1, three, 'suedlicht')])
      expect(allowed).not.toThrow();
    expect(newestOf(ledger, 'suedlicht')).toBeUndefined();
  });
});

describe('the file', () => {
  it('keeps what is noted, each once, and nothing else beside it', async () => {
    await withLedger(file, async (ledger) => {
      await ledger.note(statement(1, one));
      await ledger.note(statement(1, one));
      await ledger.note(statement(2, two));
    });
    expect(await bundles()).toEqual([sealed(1, one), sealed(2, two)]);
    expect(await readdir(folder)).toEqual(['airlock-ledger.json']);
  });

  it('remembers where a bundle was sealed last, and reads what earlier versions wrote without it', async () => {
    await withLedger(file, (ledger) => ledger.note(statement(1, one)));
    const before = await readLedger(file);
    await withLedger(file, async (ledger) => {
      await ledger.note(statement(1, one), '/work/a');
      await ledger.note(statement(2, two), '/work/b');
      await ledger.note(statement(1, one), '/media/a');
      await ledger.note(statement(2, two));
    });
    expect(before).toEqual([sealed(1, one)]);
    const after = [
      { ...sealed(1, one), folder: '/media/a' },
      { ...sealed(2, two), folder: '/work/b' },
    ];
    expect(await readLedger(file)).toEqual(after);
    expect(await readLedger(path.join(folder, 'none'))).toEqual([]);
    await writeFile(file, (await readFile(file, 'utf8')).replace('"/work/b"', '5'));
    await expect(readLedger(file)).rejects.toMatchObject({ code: 'LEDGER_INVALID' });
  });

  it('gives no number out twice to many at once', async () => {
    const roots = Array.from({ length: 6 }, (_, at) => digestOf(`bundle ${at}`));
    await Promise.all(
      roots.map((root) =>
        withLedger(file, (ledger) => ledger.note(statement(nextOf(ledger, 'nordlicht', root)?.sequence ?? 1, root))),
      ),
    );
    expect((await bundles()).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each(['', 'null', '{}', '{"bundles":[{}]}', '{"bundles":[null]}', '{"format":1,"bundles":[]}'])(
    'is refused as it was not written: %j',
    async (text) => {
      await writeFile(file, text);
      await expect(bundles()).rejects.toMatchObject({ code: 'LEDGER_INVALID' });
      expect(await readFile(file, 'utf8')).toBe(text);
      expect(await readdir(folder)).toEqual(['airlock-ledger.json']);
    },
  );

  it('is refused with a bundle that says more or something else', async () => {
    await withLedger(file, (ledger) => ledger.note(statement(1, one)));
    const text = await readFile(file, 'utf8');
    for (const [from, to] of [
      ['"sequence": 1', '"sequence": 1.5'],
      ['"sequence": 1', '"more": 1,\n      "sequence": 1'],
      [one, 'sha256:no'],
    ] as const) {
      await writeFile(file, text.replace(from, to));
      await expect(bundles()).rejects.toMatchObject({ code: 'LEDGER_INVALID' });
    }
  });

  it('lies beside the key, where a link leads', async () => {
    await writeFile(path.join(folder, 'release.key'), '');
    const elsewhere = await mkdtemp(path.join(os.tmpdir(), 'airlock-ledger-'));
    await symlink(path.join(folder, 'release.key'), path.join(elsewhere, 'link.key'));
    expect(await ledgerBeside(path.join(elsewhere, 'link.key'))).toBe(
      await ledgerBeside(path.join(folder, 'release.key')),
    );
    expect(await ledgerBeside(path.join(elsewhere, 'none.key'))).toBe(path.join(elsewhere, 'airlock-ledger.json'));
    await rm(elsewhere, { recursive: true });
  });

  it('stays one file behind the links of several folders', async () => {
    const link = path.join(folder, 'link.json');
    await symlink(file, link);
    await withLedger(file, (ledger) => ledger.note(statement(1, one)));
    await withLedger(link, (ledger) => ledger.note(statement(2, two)));
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await bundles()).toHaveLength(2);
  });

  it('is not waited for where it is a pipe', async () => {
    execFileSync('mkfifo', [file]);
    await expect(bundles()).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  it('says what cannot be read', async () => {
    await symlink('airlock-ledger.json', file);
    await expect(bundles()).rejects.toMatchObject({ code: 'FILE_UNREADABLE', kind: 'environment' });
  });
});
