/** What is wrong with kept seals and their keys, file by file. */
import { verify } from 'node:crypto';
import type { Digest } from '../../core/digest';
import { AirlockError } from '../../core/errors';
import { recall } from '../import/sequence';
import { layoutFiles, SUMS_FILE } from '../layout/sums';
import { loadTrustedKey, type TrustedKey } from '../trust/keys';
import { modelSignatureFault, modelSignatureFileName, modelSignatureOf } from '../trust/model-signature';
import { sealFileName, type SealStatement, sumsSignatureFileName } from '../trust/seal';
import { MAX_MANIFEST_BYTES } from '../layout/walk';
import { blobFile } from '../verify/blob-check';
import { readBundleFile } from '../verify/bundle-directory';
import { filesAt, type Inventory, smallFile, type StoreEntry } from './inventory';
import { FIX, type StoreNote, type StoreProblem } from './problem';
import { isSealed, nameOf, type StoredRoot, type StoreView } from './view';

interface Found {
  readonly problems: StoreProblem[];
  readonly notes: StoreNote[];
}

interface KeptSeals {
  readonly folder: string;
  /** By file name; undefined for what is no file. */
  readonly files: ReadonlyMap<string, Buffer | undefined>;
}

const baseOf = (entry: StoreEntry): string => entry.path.slice(entry.path.lastIndexOf('/') + 1);

async function keptSeals(inventory: Inventory): Promise<Map<Digest, KeptSeals>> {
  const kept = new Map<Digest, { folder: string; files: Map<string, Buffer | undefined> }>();
  for (const entry of filesAt(inventory, 'seal')) {
    if (entry.digest === undefined) continue;
    const one = kept.get(entry.digest) ?? {
      folder: entry.path.slice(0, entry.path.lastIndexOf('/')),
      files: new Map(),
    };
    kept.set(entry.digest, one);
    one.files.set(baseOf(entry), await smallFile(inventory, entry));
  }
  return kept;
}

/** A kept key, which must be the one of its name, byte for byte as it was written. */
export function keyIn(bytes: Buffer | undefined, id: string): TrustedKey | undefined {
  if (bytes === undefined) return undefined;
  try {
    const key = loadTrustedKey(bytes.toString('utf8'));
    const written = Buffer.from(key.publicKey.export({ type: 'spki', format: 'pem' }).toString());
    return key.id === id && written.equals(bytes) ? key : undefined;
  } catch (error) {
    if (error instanceof AirlockError) return undefined;
    throw error;
  }
}

/** SHA256SUMS of a bundle as its medium has it, unless START-HERE.txt there is one of an earlier release. */
export async function sumsOf(
  inventory: Inventory,
  { digest, blobs, complete }: StoredRoot,
): Promise<Buffer | undefined> {
  if (!complete) return undefined;
  try {
    const rootBytes = await readBundleFile(inventory, blobFile(digest), MAX_MANIFEST_BYTES);
    if (rootBytes === undefined) return undefined;
    return layoutFiles(
      rootBytes,
      blobs.map((blob) => blob.digest),
    ).get(SUMS_FILE);
  } catch (error) {
    if (error instanceof AirlockError) return undefined;
    throw error;
  }
}

class SealJudge {
  public readonly found: Found = { problems: [], notes: [] };

  public constructor(
    private readonly digest: Digest,
    private readonly kept: KeptSeals,
    private readonly breaks: readonly string[],
    private readonly given: readonly TrustedKey[],
  ) {}

  public problem(file: string, what: string): void {
    const { digest, breaks } = this;
    this.found.problems.push({ kind: 'seal', path: this.pathOf(file), what, breaks, fix: FIX.repair, digest });
  }

  public note(file: string, what: string): void {
    this.found.notes.push({ path: this.pathOf(file), what });
  }

  /** @returns the key, where it can be told */
  public key(id: string): TrustedKey | undefined {
    const file = `${id}.pub`;
    const bytes = this.kept.files.get(file);
    const key = keyIn(bytes, id);
    if (this.kept.files.has(file) && key === undefined) this.problem(file, `is not the public key ${id}`);
    return key ?? this.given.find((one) => one.id === id);
  }

  /** @returns what the seal says, where it holds */
  public seal(id: string, key: TrustedKey | undefined): SealStatement | undefined {
    const file = sealFileName(id);
    const bytes = this.kept.files.get(file);
    if (bytes === undefined) {
      this.problem(file, this.kept.files.has(file) ? 'is no file' : 'is missing');
      return undefined;
    }
    const { signers, problems, statement } = recall(
      this.digest,
      new Map([[file, bytes]]),
      key === undefined ? [] : [key],
    );
    if (problems.length > 0) this.problem(file, problems.join('; '));
    else if (signers.length === 0)
      this.note(file, `cannot be verified: the store keeps no key ${id}; name it with --trust`);
    else if (signers[0] !== id) this.problem(file, `is a seal of key ${signers[0] ?? ''}`);
    return statement;
  }

  /** The signer's signatures of the models that the seal names. */
  public models(id: string, key: TrustedKey | undefined, { models = {} }: Pick<SealStatement, 'models'>): void {
    const own = [...this.kept.files.keys()].filter((file) => modelSignatureOf(file)?.keyId === id);
    const wanted = new Map(Object.entries(models).map(([name, digest]) => [modelSignatureFileName(id, name), digest]));
    for (const file of new Set([...wanted.keys(), ...own])) {
      const [bytes, digest] = [this.kept.files.get(file), wanted.get(file)];
      if (bytes === undefined) this.problem(file, this.kept.files.has(file) ? 'is no file' : 'is missing');
      else {
        const fault =
          digest === undefined
            ? 'is of a model that no seal names'
            : modelSignatureFault(bytes, digest, key?.publicKey);
        if (fault !== undefined) this.problem(file, fault);
      }
    }
  }

  /** Whether it is a signature over these sums. */
  public holds(id: string, key: TrustedKey | undefined, sums: Buffer | undefined): boolean {
    const bytes = this.kept.files.get(sumsSignatureFileName(id));
    return (
      key !== undefined && sums !== undefined && bytes !== undefined && verify('sha256', sums, key.publicKey, bytes)
    );
  }

  private pathOf(file: string): string {
    return `${this.kept.folder}/${file}`;
  }
}

/** Of several signatures over SHA256SUMS one that holds shows which text START-HERE.txt has. */
function judgeSums(
  judge: SealJudge,
  kept: KeptSeals,
  keys: ReadonlyMap<string, TrustedKey | undefined>,
  sums: Buffer | undefined,
): void {
  const good = [...keys].filter(([id, key]) => judge.holds(id, key, sums)).map(([id]) => id);
  for (const [id, key] of keys) {
    const file = sumsSignatureFileName(id);
    if (!kept.files.has(file)) judge.problem(file, 'is missing');
    else if (kept.files.get(file) === undefined) judge.problem(file, 'is no file');
    else if (key === undefined || sums === undefined || good.includes(id)) continue;
    else if (good.length > 0) judge.problem(file, `is no signature of key ${id} over SHA256SUMS`);
    else
      judge.note(file, 'is no signature over SHA256SUMS as this release writes it: of an earlier release, or damaged');
  }
}

/**
 * Judges every kept seal, also those of a bundle that was removed.
 *
 * @param given keys for seals of stores that kept none
 */
export async function sealProblems({ inventory, roots }: StoreView, given: readonly TrustedKey[]): Promise<Found> {
  const all: Found = { problems: [], notes: [] };
  const kept = await keptSeals(inventory);
  const rootsOf = new Map(roots.map((root) => [root.digest, root]));
  for (const root of roots) if (isSealed(root) && !kept.has(root.digest)) kept.set(root.digest, NO_SEALS(root.digest));
  for (const [digest, seals] of kept) {
    const root = rootsOf.get(digest);
    const trust = root?.record?.trust;
    const ids = new Set([
      ...(trust !== undefined && 'signedBy' in trust ? trust.signedBy : []),
      ...[...seals.files.keys()].map((file) => file.slice(0, file.indexOf('.'))),
    ]);
    const breaks = root === undefined ? ['how far the site of a removed bundle has come'] : [nameOf(root)];
    const judge = new SealJudge(digest, seals, breaks, given);
    const keys = new Map([...ids].sort().map((id) => [id, judge.key(id)]));
    for (const [id, key] of keys) {
      const statement = judge.seal(id, key);
      if (statement !== undefined) judge.models(id, key, statement);
    }
    judgeSums(judge, seals, keys, root === undefined ? undefined : await sumsOf(inventory, root));
    all.problems.push(...judge.found.problems);
    all.notes.push(...judge.found.notes);
  }
  return all;
}

const NO_SEALS = (digest: Digest): KeptSeals => ({
  folder: `seals/${digest.slice('sha256:'.length)}`,
  files: new Map(),
});
