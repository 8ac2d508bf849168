/** Adds a seal to a bundle. The first signer fixes what is said about it; later signers sign the same bytes. */
import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { canonicalJson } from '../../core/canonical-json';
import type { OciIndex } from '../../core/descriptor';
import { type Digest, digestOf, isDigest } from '../../core/digest';
import { badInput, checkFailed } from '../../core/errors';
import { OCI_INDEX } from '../../core/media-types';
import { makeFolders } from '../../core/make-folders';
import { parseLock } from '../../site/lock/lock-file';
import { parseRoot } from '../layout/layout-index';
import { modelStatements } from '../layout/model-statements';
import { startHere } from '../layout/start-here';
import { blobPath, INDEX_FILE, layoutFiles, START_HERE_FILE, SUMS_FILE } from '../layout/sums';
import { walk } from '../layout/walk';
import { isMissing, syncDirectory, writeDurably, writeFailed } from '../store/disk';
import type { TrustedKey } from '../trust/keys';
import { modelSignatureFault, modelSignatureFileName, signModel } from '../trust/model-signature';
import { createSeal, sealFileName, sealPayload, type SealStatement, sumsSignatureFileName } from '../trust/seal';
import type { Signer } from '../trust/signer';
import { demandSamePayload, type EarlierSeals, judgeEarlierSeals } from './earlier-seals';
import { demandRising, type Ledger, nextOf } from './ledger';
import { readSmallFile } from './small-file';

/** What the first signer decides; a later signer may repeat it, but not differ. */
export interface SealChoices {
  /** @default - one more than the ledger knows for the site, else 1 */
  readonly sequence?: number;
  /** RFC 3339, UTC. @default - the seal's own time, `now` */
  readonly sealedAt?: string;
  /** Index digest of the bundle before this one; null says that there is none. @default - as the ledger knows it, else null */
  readonly previous?: Digest | null;
  /** RFC 3339, UTC: from then on nobody takes the bundle. @default - never */
  readonly expires?: string;
}

/** What was signed, and who signed so far. */
export interface SignResult {
  readonly keyId: string;
  readonly statement: SealStatement;
  /** True when this key had sealed the bundle already, and nothing was written. */
  readonly alreadySealed: boolean;
  /** Ids of the keys given here whose seals hold, that of this signer among them; sorted. */
  readonly signers: readonly string[];
  /** Names of the models that every signer signs, sorted; none where the seals are of an earlier release, or the lock has no model. */
  readonly models: readonly string[];
  /** Ids that further files of `seals/` claim; no key given here verifies them. Sorted. */
  readonly unverified: readonly string[];
}

/** What a signer goes by beside the bundle. */
export interface SignOptions {
  readonly ledger?: Ledger;
  readonly allowLower?: boolean;
}

const RECREATE = 'make the bundle again with `airlock bundle create`, or copy it again';

interface BundleFacts {
  readonly root: Digest;
  readonly index: OciIndex;
  readonly sums: Buffer;
  /** The OMS statement about each model, by its name. */
  readonly models: ReadonlyMap<string, Buffer>;
}

async function demandFile(bundle: string, name: string): Promise<Buffer> {
  const bytes = await readSmallFile(path.join(bundle, name));
  if (bytes === undefined)
    throw badInput('BUNDLE_MISSING', `${bundle} is not a bundle: there is no ${name}`, 'name the folder of a bundle');
  return bytes;
}

const rootOf = (indexBytes: Buffer): Digest | undefined => {
  try {
    const { manifests } = JSON.parse(indexBytes.toString('utf8')) as Partial<OciIndex>;
    const digest = manifests?.[0]?.digest;
    return digest !== undefined && isDigest(digest) ? digest : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Demands that the files to be signed follow from the index, that each manifest has its digest and each blob its size.
 * Blobs are not hashed: that was done as they were written, and every verifier does it again.
 */
async function inspect(bundle: string): Promise<BundleFacts> {
  const root = rootOf(await demandFile(bundle, INDEX_FILE));
  if (root === undefined)
    throw checkFailed('BUNDLE_DAMAGED', `${path.join(bundle, INDEX_FILE)} names no bundle`, RECREATE);
  const read = async (digest: Digest, what: string): Promise<Buffer> => {
    const bytes = await readSmallFile(path.join(bundle, blobPath(digest)));
    if (bytes === undefined || digestOf(bytes) !== digest) {
      throw checkFailed('BUNDLE_DAMAGED', `${what} (${digest}) is missing or damaged`, RECREATE);
    }
    return bytes;
  };
  const rootBytes = await read(root, 'the index of the bundle');
  const reached: Digest[] = [];
  const start = { mediaType: OCI_INDEX, digest: root, size: rootBytes.length };
  for await (const { descriptor, artifact, file } of walk(
    start,
    ({ descriptor: { digest }, artifact: of, file: name }) => read(digest, `${of}: ${name}`),
  )) {
    const found = await lstat(path.join(bundle, blobPath(descriptor.digest))).catch(() => undefined);
    if (found?.isFile() !== true || found.size !== descriptor.size) {
      throw checkFailed(
        'BUNDLE_DAMAGED',
        `${artifact}: ${file} (${descriptor.digest}) is missing or has another size`,
        RECREATE,
      );
    }
    reached.push(descriptor.digest);
  }
  for (const [name, bytes] of layoutFiles(rootBytes, reached, await demandFile(bundle, START_HERE_FILE))) {
    if (!(await demandFile(bundle, name)).equals(bytes)) {
      throw checkFailed(
        'BUNDLE_DAMAGED',
        `${path.join(bundle, name)} does not follow from the index ${root}`,
        RECREATE,
      );
    }
  }
  const index = parseRoot(rootBytes);
  const lock = (await read(annotated(index).lock, 'the lock')).toString('utf8');
  const models = modelStatements(parseLock(lock, 'the lock of the bundle'));
  return { root, index, models, sums: await demandFile(bundle, SUMS_FILE) };
}

/** Every file of `seals/` by its name; none where the folder is missing. */
async function readSeals(folder: string): Promise<Map<string, Buffer>> {
  const seals = new Map<string, Buffer>();
  try {
    for (const name of (await readdir(folder)).sort())
      seals.set(name, (await readSmallFile(path.join(folder, name))) ?? Buffer.alloc(0));
  } catch (error) {
    if (!isMissing(error)) throw writeFailed(folder, error);
  }
  return seals;
}

function annotated(index: OciIndex): { readonly site: string; readonly lock: Digest } {
  const site = index.annotations?.['vnd.airlock.site'];
  const lock = index.annotations?.['vnd.airlock.lock'];
  if (site === undefined || lock === undefined || !isDigest(lock)) {
    throw checkFailed('BUNDLE_DAMAGED', 'the index of the bundle names no site or no lock', RECREATE);
  }
  return { site, lock };
}

/** How each choice is written on the command line. */
const OPTIONS = { sequence: '--sequence', sealedAt: '--sealed-at', previous: '--previous' } as const;
/** What every seal says; of the rest, one that nobody names is none. */
const NEEDED = Object.keys(OPTIONS) as (keyof typeof OPTIONS)[];
const CHOICES = [...NEEDED, 'expires'] as const;

/** Where seals are there that nobody verified, the signer says everything, or is told what is missing. */
function demandEveryChoice({ unverified }: EarlierSeals, choices: SealChoices): void {
  const missing = NEEDED.filter((key) => choices[key] === undefined).map((key) => OPTIONS[key]);
  if (unverified.length === 0 || missing.length === 0) return;
  throw badInput(
    'SEAL_CHOICES_INVALID',
    `the bundle has seals that no key given here verifies (${unverified.join(', ')}); what they say is not taken over`,
    `name the public key of an earlier signer with --trust; or say yourself what you seal: ${missing.join(', ')} (--previous none for a first bundle); or remove those seals`,
  );
}

/** Whether the steps in START-HERE.txt are those of today; earlier ones know of no signatures of models, and some of no expiry. */
async function hasStepsOfToday(bundle: string, { root, index }: BundleFacts): Promise<boolean> {
  const { site } = annotated(index);
  return (await demandFile(bundle, START_HERE_FILE)).equals(Buffer.from(startHere(site, root), 'utf8'));
}

/** The steps in START-HERE.txt are to refuse what has expired, too. */
function demandKnowingSteps(bundle: string): never {
  throw badInput(
    'SEAL_CHOICES_INVALID',
    `${path.join(bundle, START_HERE_FILE)} is of an earlier release, and its steps do not know that seals expire`,
    'make the bundle again with `airlock bundle create`, which fetches nothing twice (--reuse), or leave --expires out',
  );
}

/** Digests of the statements about models, as a seal names them. */
const named = (models: BundleFacts['models']): Record<string, Digest> =>
  Object.fromEntries([...models].map(([name, statement]) => [name, digestOf(statement)]));

/** What is signed: what verified seals say, where it is about this bundle and does not differ from the choices. */
function statementFor(
  { root, index, models }: BundleFacts,
  isOfToday: boolean,
  earlier: EarlierSeals,
  choices: SealChoices,
  now: string,
  ledger: Pick<Ledger, 'bundles'>,
): SealStatement {
  const own = { ...annotated(index), root };
  const said = earlier.statement;
  if (said === undefined) {
    demandEveryChoice(earlier, choices);
    const next = nextOf(ledger, own.site, root);
    const { sealedAt = now, previous = next?.previous ?? null, sequence = next?.sequence, expires } = choices;
    if (previous !== null && sequence === undefined) {
      throw badInput(
        'SEAL_CHOICES_INVALID',
        `the bundle is said to follow ${previous}, but not with which sequence`,
        'give --sequence, too: one more than that of the bundle before (`airlock verify` prints it)',
      );
    }
    return {
      ...{ ...own, sequence: sequence ?? 1, sealedAt, previous },
      ...(expires === undefined ? {} : { expires }),
      ...(isOfToday && models.size > 0 ? { models: named(models) } : {}),
    };
  }
  for (const key of ['root', 'site', 'lock'] as const) {
    if (said[key] !== own[key])
      throw checkFailed(
        'SEALS_DISAGREE',
        `the seals there say ${key} ${said[key]}, the bundle ${own[key]}`,
        'remove those seals',
      );
  }
  if (said.models !== undefined && !canonicalJson(said.models).equals(canonicalJson(named(models))))
    throw checkFailed(
      'SEALS_DISAGREE',
      'the seals there name other models than the lock of the bundle',
      'remove those seals',
    );
  for (const key of CHOICES) {
    if (choices[key] !== undefined && choices[key] !== said[key]) {
      throw badInput(
        'SEAL_CHOICES_INVALID',
        `the bundle was sealed with ${key} ${String(said[key] ?? 'none')}, not ${String(choices[key])}`,
        'all signers say the same: leave the option out, or remove the seals that are there',
      );
    }
  }
  return said;
}

/** The signatures of models that the signer's seal is to stand beside, by file name; those that hold already are left as they are. */
async function signModels(
  seals: ReadonlyMap<string, Buffer>,
  signer: Signer,
  { models = {} }: SealStatement,
  statements: BundleFacts['models'],
): Promise<Map<string, Buffer>> {
  const made = new Map<string, Buffer>();
  for (const [name, statement] of statements) {
    const digest = models[name];
    if (digest === undefined) continue;
    const file = modelSignatureFileName(signer.keyId, name);
    const before = seals.get(file);
    if (before === undefined || modelSignatureFault(before, digest, signer.publicKey) !== undefined)
      made.set(file, await signModel(statement, signer));
  }
  return made;
}

/**
 * Demands what can be told of the choices before there is a bundle, so that nothing is fetched for a seal that nobody makes.
 *
 * @param own what is to be sealed
 * @throws AirlockError (input) where the bundle would follow itself, or its sequence does not rise
 */
export function demandChoices(
  { sequence, previous }: SealChoices,
  { site, root }: Pick<SealStatement, 'site' | 'root'>,
  ledger: Pick<Ledger, 'bundles'>,
  allowLower: boolean,
): void {
  if (previous === root)
    throw badInput(
      'SEAL_CHOICES_INVALID',
      `the bundle ${root} cannot follow itself`,
      '--previous is the index digest of the bundle before this one (`airlock verify` prints it), or none for a first one',
    );
  if (sequence !== undefined && !allowLower) demandRising(ledger, { site, sequence, root });
}

/**
 * Seals a bundle with one key: a Sigstore bundle about its index, a detached signature over SHA256SUMS, and an OMS signature of each model.
 *
 * What an earlier signer said is taken over where that seal verifies under the signer's own key or one of `trusted`.
 *
 * @param trusted public keys of earlier signers, which reached this signer by another path than the bundle
 * @param now the time for a first seal without `sealedAt`, RFC 3339 in UTC
 * @param options.ledger what was sealed so far; what is sealed now is added before its seal is there
 * @param options.allowLower seals all the same what does not come after all that the ledger knows
 * @throws AirlockError (input) when the folder is no bundle, the choices differ from earlier seals, those cannot be
 *   verified and not everything is chosen, or the sequence does not rise; (check) when the bundle's files do not follow from its index, or a seal is
 *   damaged, forged or about something else; (environment) when signer or disk fail
 */
export async function signBundle(
  bundle: string,
  signer: Signer,
  choices: SealChoices,
  now: string,
  trusted: readonly TrustedKey[] = [],
  { ledger, allowLower = false }: SignOptions = {},
): Promise<SignResult> {
  const facts = await inspect(bundle);
  const folder = path.join(bundle, 'seals');
  const seals = await readSeals(folder);
  const earlier = judgeEarlierSeals(seals, facts.sums, signer, trusted);
  const known = ledger ?? { bundles: [] };
  const isOfToday = await hasStepsOfToday(bundle, facts);
  const statement = statementFor(facts, isOfToday, earlier, choices, now, known);
  if (statement.expires !== undefined && !isOfToday) demandKnowingSteps(bundle);
  const payload = earlier.payload ?? sealPayload(statement);
  demandSamePayload(seals, payload);
  demandChoices(statement, statement, known, allowLower);
  await ledger?.note(statement, path.resolve(bundle));
  const signers = [...new Set([...earlier.verified, signer.keyId])].sort();
  const models = Object.keys(statement.models ?? {}).sort();
  const result = { keyId: signer.keyId, statement, signers, models, unverified: earlier.unverified };
  const signatures = await signModels(seals, signer, statement, facts.models);
  if (earlier.verified.includes(signer.keyId) && signatures.size === 0) return { ...result, alreadySealed: true };
  const signature = await signer.sign(facts.sums);
  const seal = await createSeal(payload, signer);
  try {
    await makeFolders(folder);
    // What a killed run left; `writeDurably` names its unfinished files so.
    for (const name of [...seals.keys()].filter((one) => one.endsWith('.tmp')))
      await rm(path.join(folder, name), { force: true });
    for (const [name, bytes] of signatures) await writeDurably(path.join(folder, name), bytes, folder);
    await writeDurably(path.join(folder, sumsSignatureFileName(signer.keyId)), signature, folder);
    await writeDurably(path.join(folder, sealFileName(signer.keyId)), seal, folder);
    await syncDirectory(bundle);
  } catch (error) {
    throw writeFailed(folder, error);
  }
  return { ...result, alreadySealed: false };
}
