/**
 * Every situation of docs/trust-situations.md, by the commands themselves as a far side has them. The page is what they printed:
 * `AIRLOCK_WRITE=1` writes it.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { digestOf } from '../../core/digest';
import { inParallel } from '../../core/in-parallel';
import { importBundle } from '../../offline-bundle/import/import-bundle';
import { policyChangePayload } from '../../offline-bundle/trust/policy-change';
import { keysWith, parseTrustPolicy } from '../../offline-bundle/trust/policy';
import { createSeal, sealFileName } from '../../offline-bundle/trust/seal';
import { modelStatements } from '../../offline-bundle/layout/model-statements';
import { modelSignatureFileName } from '../../offline-bundle/trust/model-signature';
import { signPayload } from '../../offline-bundle/trust/signed-payload';
import { TRUST_REASONS } from '../../offline-bundle/verify/judge-trust';
import { buildFarSide } from '../../tools/build-far-side';
import { type MadeBundle, makeBundle, sealBundle } from '../offline-bundle/support/make-bundle';
import { flip } from '../support/flip';
import { policyText } from '../offline-bundle/trust/policy-text';
import { testSigner, type TestSigner } from '../offline-bundle/trust/signers';
import { ROOT } from './support/commands';
import { PEOPLE, type Person, type Situation, SITUATIONS } from './support/trust-situations';

/** In the order of their ids, which is that of what is said of several. */
const signers = PEOPLE.map(testSigner).sort((a, b) => (a.trusted.id < b.trusted.id ? -1 : 1));
const keys = Object.fromEntries(PEOPLE.map((name, at) => [name, signers[at]])) as Record<Person, TestSigner>;
const PAGE = path.join(ROOT, 'docs', 'trust-situations.md');
let scratch: string;
let first: MadeBundle;
const at = (...names: string[]): string => path.join(scratch, ...names);

beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'airlock-situations-'));
  await writeFile(at('airlock.mjs'), (await buildFarSide()).bytes);
  for (const name of PEOPLE) await writeFile(at(`${name}.pub`), keys[name].publicPem);
  first = await makeBundle(at('first'), { signers: [keys.ada], sequence: 5 });
}, 120_000);
afterAll(() => rm(scratch, { recursive: true }));

/** What somebody does to a bundle that Ada, and perhaps Ben, sealed. */
const DEEDS: Readonly<Record<string, (bundle: MadeBundle) => Promise<void>>> = {
  forge: async ({ dir }) => {
    const file = path.join(dir, 'seals', sealFileName(keys.ada.trusted.id));
    const seal = JSON.parse(await readFile(file, 'utf8')) as { readonly dsseEnvelope: { readonly payload: string } };
    const sign = (bytes: Buffer): Promise<Buffer> => keys.max.signer.sign(bytes);
    const forger = { ...keys.ada.signer, sign };
    await writeFile(file, await createSeal(Buffer.from(seal.dsseEnvelope.payload, 'base64'), forger));
  },
  'no sums': ({ dir }) => rm(path.join(dir, 'seals', `${keys.ada.trusted.id}.SHA256SUMS.sig`)),
  'flip seal': ({ dir }) => flip(path.join(dir, 'seals', sealFileName(keys.ada.trusted.id)), 300),
  'other seals': async ({ dir }) => {
    await rm(path.join(dir, 'seals'), { recursive: true });
    await cp(path.join(first.dir, 'seals'), path.join(dir, 'seals'), { recursive: true });
  },
  disagree: (bundle) => sealAnew(bundle, keys.ben, { sequence: 7 }),
  'seal site': (bundle) => sealAnew(bundle, keys.ada, { site: 'suedlicht' }),
  'seal lock': (bundle) => sealAnew(bundle, keys.ada, { lock: digestOf('another') }),
  'no model signature': ({ dir }) => rm(modelSignature(dir)),
  'flip model signature': ({ dir }) => flip(modelSignature(dir)),
  'flip blob': (bundle) => flip(bundle.blobFile('model/tiny: more.bin')),
  'extra file': ({ dir }) => writeFile(path.join(dir, 'blobs', 'sha256', 'extra'), ''),
};

const modelSignature = (dir: string): string =>
  path.join(dir, 'seals', modelSignatureFileName(keys.ada.trusted.id, 'tiny'));

async function sealAnew({ dir, plan, lock }: MadeBundle, { signer }: TestSigner, more: object): Promise<void> {
  const index = JSON.parse(plan.rootBytes.toString('utf8')) as {
    readonly annotations: Readonly<Record<string, string>>;
  };
  const stated = index.annotations['vnd.airlock.lock'] as `sha256:${string}`;
  const statement = { site: lock.site, root: plan.root, lock: stated, sequence: 6, ...more };
  await sealBundle(dir, signer, statement, await readFile(path.join(dir, 'SHA256SUMS')), modelStatements(lock));
}

/** What happens to a store. */
const FATES: Readonly<Record<string, (dir: string) => Promise<void>>> = {
  lost: async (dir) => {
    for (const name of ['sequences', 'seals']) await rm(path.join(dir, name), { recursive: true });
  },
  'flip policy': (dir) => flip(path.join(dir, 'policy.json')),
  'no policy': (dir) => rm(path.join(dir, 'policy.json')),
};

const policyOf = (more: Readonly<Record<string, unknown>>): string =>
  policyText(
    [
      { name: 'Ada', signer: keys.ada, roles: ['bundle'] },
      { name: 'Ben', signer: keys.ben, roles: ['bundle'] },
      { name: 'Carl', signer: keys.carl, roles: ['bundle'] },
      { name: 'Dora', signer: keys.dora, roles: ['bundle'], notAfter: '2026-01-31' },
      { name: 'Eve', signer: keys.eve, roles: ['bundle'], notBefore: '2999-01-01' },
      { name: 'Fay', signer: keys.fay, roles: ['reviewer'] },
      { name: 'Guy', signer: keys.guy, roles: ['policy'] },
    ],
    { threshold: 1, revoked: [{ key: keys.carl.trusted.id, reason: 'stolen' }], ...more },
  );

/** The policies of a situation in its folder; the words that name the one in force. */
async function policies(situation: Situation, folder: string, bundle: MadeBundle): Promise<string[]> {
  const { policy, filledUnder, changeBy } = situation;
  if (policy === undefined) return [];
  const blob = digestOf(await readFile(bundle.blobFile('model/tiny: model.safetensors')).catch(() => ''));
  const text = policyOf(policy).replaceAll('ROOT', bundle.plan.root).replaceAll('BLOB', blob);
  await writeFile(path.join(folder, 'trust.yaml'), text);
  if (changeBy !== undefined && filledUnder !== undefined) {
    const payload = policyChangePayload(digestOf(policyOf(filledUnder)), digestOf(text));
    const { signer } = keys[changeBy];
    const seals = path.join(folder, 'trust.yaml.seals');
    await mkdir(seals);
    await writeFile(path.join(seals, `${signer.keyId}.sigstore.json`), await signPayload(payload, signer));
  }
  return ['--policy', path.join(folder, 'trust.yaml')];
}

async function fill(dir: string, { store, filledUnder }: Situation): Promise<void> {
  if (store === 'empty') return;
  const policy = filledUnder === undefined ? undefined : parseTrustPolicy(policyOf(filledUnder), 'trust.yaml');
  const trusted = policy === undefined ? [keys.ada.trusted] : keysWith(policy, 'bundle');
  const terms = { trusted, threshold: 1, ...(policy === undefined ? {} : { policy }) };
  const { result } = await importBundle({ dir: first.dir, storeDir: dir, ...terms });
  if (result !== 'imported') throw new Error(`the store was not filled: ${result}`);
  if (store !== undefined) await FATES[store]!(dir);
}

interface Said {
  readonly code: number;
  /** Of the first thing that failed, or of the error; empty where nothing did. */
  readonly sentence: string;
  readonly reasons: readonly string[];
}

/** What would differ from run to run; a key has the name of its owner. */
function settled(text: string): string {
  const named = PEOPLE.reduce((all, name) => all.replaceAll(keys[name].trusted.id, name.toUpperCase()), text);
  return named
    .replaceAll(`${scratch}/`, '')
    .replace(/sha256:[0-9a-f]{64}/g, 'sha256:…')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/situation-\d+\//g, '')
    .replace(/\b[0-9a-f]{64}\b/g, '…');
}

function ask(words: readonly string[]): Promise<Said> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['airlock.mjs', ...words, '--json'], { cwd: scratch }, (error, stdout) => {
      const code = typeof error?.code === 'number' ? error.code : 0;
      if (stdout === '') {
        reject(new Error(`${words.join(' ')} printed nothing`, { cause: error }));
        return;
      }
      const { reasons = [], ...said } = JSON.parse(stdout) as {
        readonly reasons?: readonly string[];
        readonly error?: { readonly message: string };
        readonly checks?: readonly { readonly result: string; readonly subject: string; readonly detail: string }[];
      };
      const failed = said.checks?.find(({ result }) => result === 'fail');
      const sentence = said.error?.message ?? (failed === undefined ? '' : `${failed.subject}: ${failed.detail}`);
      resolve({ code, reasons, sentence: settled(sentence) });
    });
  });
}

interface Outcome {
  readonly situation: Situation;
  readonly verify: Said;
  /** `verify --store`, where only a store can know it. */
  readonly forStore: Said | undefined;
  readonly import: Said;
}

async function played(situation: Situation, number: number): Promise<Outcome> {
  const folder = at(`situation-${number}`);
  const { by = ['ada'], deed, bundle: more = {}, words = [] } = situation;
  const { seal, ...content } = more;
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  const bundle =
    deed === 'the same bundle'
      ? first
      : await makeBundle(path.join(folder, 'bundle'), {
          ...{ variant: 'next', sequence: 6, signers: by.map((name) => keys[name]), ...content },
          seal: { previous: first.plan.root, ...seal, ...(seal?.sealedAt === 'NOW' ? { sealedAt: now } : {}) },
        });
  if (deed !== undefined) await DEEDS[deed]?.(bundle);
  const store = path.join(folder, 'store');
  await fill(store, situation);
  const policy = await policies(situation, folder, bundle);
  const { trust = policy.length > 0 ? [] : ['--trust', 'ada.pub'] } = situation;
  const terms = [bundle.dir, ...trust, ...policy];
  const verify = await ask(['verify', ...terms]);
  const forStore =
    situation.verify === 0 && situation.import === 1 ? await ask(['verify', ...terms, '--store', store]) : undefined;
  const taken = await ask(['import', ...terms, '--store', store, ...words]);
  await rename(folder, `${folder}.done`);
  return { situation, verify, forStore, import: taken };
}

const table = (rows: readonly (readonly string[])[]): string[] => {
  const head = ['situation', 'verify', 'import', 'reasons', 'what is said first'];
  const all = [head, ...rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))];
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell + ' '.repeat(widths[column]! - cell.length)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...all.slice(1).map(line)];
};

const INTRO = `# Trust, situation by situation

What \`airlock verify\` and \`airlock import\` say when somebody brings a bundle, with their exit codes (0 taken, 1 refused, 2 misuse) and the
reasons of the import ([trust.md](trust.md#what-is-judged)). The store has bundle 5 of nordlicht, sealed by Ada; the bundle is number 6, sealed
by Ada, whose key is given with \`--trust\`, but for what a row says otherwise. Of the policy's keys Ada and Ben seal, Carl's was stolen, Dora's
time is over, Eve's has not come, Fay reviews, Guy signs for the next policy; Max is a stranger.

Printed by the commands themselves in \`test/scripts/trust-situations.slow.test.ts\`, which plays every row and holds it against this page.
`;

let outcomes: readonly Outcome[];
beforeAll(async () => {
  const all = Object.values(SITUATIONS).flat();
  outcomes = await inParallel(2, all, (situation) => played(situation, all.indexOf(situation)));
}, 600_000);

const outcomeOf = (situation: Situation): Outcome => outcomes.find((one) => one.situation === situation)!;

describe.each(Object.entries(SITUATIONS))('%s', (_, situations) => {
  it.each(situations.map((one) => [one.name, one] as const))('%s', (_name, situation) => {
    const { verify, import: taken } = outcomeOf(situation);
    expect({ verify: verify.code, import: taken.code, reasons: taken.reasons }).toEqual({
      ...{ verify: situation.verify, import: situation.import, reasons: situation.reasons ?? [] },
    });
    // Whatever is refused is said in a sentence.
    expect([verify, taken].filter(({ code, sentence }) => (code === 0) !== (sentence === ''))).toEqual([]);
  });
});

it('verify --store says what import says, where only the store can know it', () => {
  const told = outcomes.filter(({ forStore }) => forStore !== undefined);
  expect(told.length).toBeGreaterThan(10);
  for (const { situation, forStore, import: taken } of told.filter(({ situation: { words } }) => words === undefined))
    expect({ name: situation.name, ...forStore }).toEqual({ name: situation.name, ...taken });
});

it('are told in the docs as the commands printed them', async () => {
  const sections = Object.entries(SITUATIONS).flatMap(([title, situations]) => {
    const rows = situations.map((situation) => {
      const { verify, import: taken } = outcomeOf(situation);
      const said = taken.sentence === '' ? verify.sentence : taken.sentence;
      return [situation.name, String(verify.code), String(taken.code), taken.reasons.join(', ') || '–', said || '–'];
    });
    return [`## ${title}`, '', ...table(rows), ''];
  });
  const page = `${[INTRO, ...sections].join('\n').trimEnd()}\n`;
  if (process.env['AIRLOCK_WRITE'] === '1') await writeFile(PAGE, page);
  expect(await readFile(PAGE, 'utf8')).toBe(page);
});

it('are at least sixty, and every reason is among them', () => {
  expect(outcomes.length).toBeGreaterThanOrEqual(60);
  const given = new Set(outcomes.flatMap(({ import: { reasons } }) => reasons));
  expect(TRUST_REASONS.filter((reason) => !given.has(reason))).toEqual([]);
});
