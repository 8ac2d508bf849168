/** Adds a seal to a bundle. The first signer fixes what is said about it; later signers sign the same bytes. */
import { verify } from 'node:crypto';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { OciIndex } from '../../core/descriptor';
import { type Digest, digestOf, isDigest } from '../../core/digest';
import { badInput, checkFailed } from '../../core/errors';
import { OCI_INDEX } from '../../core/media-types';
import { parseRoot } from '../layout/layout-index';
import { blobPath, INDEX_FILE, layoutFiles, SUMS_FILE } from '../layout/sums';
import { walk } from '../layout/walk';
import { isMissing, syncDirectory, writeDurably, writeFailed } from '../store/disk';
import { IN_TOTO_PAYLOAD, preAuthEncoding } from '../trust/dsse';
import {
  createSeal,
  isKeyId,
  parseSeal,
  parseSealPayload,
  sealFileName,
  sealPayload,
  type SealStatement,
  sumsSignatureFileName,
} from '../trust/seal';
import type { Signer } from '../trust/signer';
import { readSmallFile } from './small-file';

/** What the first signer decides; a later signer may repeat it, but not differ. */
export interface SealChoices {
  /** @default 1 */
  readonly sequence?: number;
  /** RFC 3339, UTC. @default - the seal's own time, `now` */
  readonly sealedAt?: string;
  /** @default - none */
  readonly previous?: Digest;
}

export interface SignResult {
  readonly keyId: string;
  readonly statement: SealStatement;
  /** True when this key had sealed the bundle already, and nothing was written. */
  readonly alreadySealed: boolean;
  /** Key ids of all seals, sorted. */
  readonly signers: readonly string[];
}

const RECREATE = 'make the bundle again with `airlock bundle create`, or copy it again';

interface BundleFacts {
  readonly root: Digest;
  readonly index: OciIndex;
  readonly sums: Buffer;
}

async function demandFile(bundle: string, name: string): Promise<Buffer> {
  const bytes = await readSmallFile(path.join(bundle, name));
  if (bytes === undefined)
    throw badInput(`${bundle} is not a bundle: there is no ${name}`, 'name the folder of a bundle');
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
  if (root === undefined) throw checkFailed(`${path.join(bundle, INDEX_FILE)} names no bundle`, RECREATE);
  const read = async (digest: Digest, what: string): Promise<Buffer> => {
    const bytes = await readSmallFile(path.join(bundle, blobPath(digest)));
    if (bytes === undefined || digestOf(bytes) !== digest) {
      throw checkFailed(`${what} (${digest}) is missing or damaged`, RECREATE);
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
      throw checkFailed(`${artifact}: ${file} (${descriptor.digest}) is missing or has another size`, RECREATE);
    }
    reached.push(descriptor.digest);
  }
  for (const [name, bytes] of layoutFiles(rootBytes, reached)) {
    if (!(await demandFile(bundle, name)).equals(bytes)) {
      throw checkFailed(`${path.join(bundle, name)} does not follow from the index ${root}`, RECREATE);
    }
  }
  return { root, index: parseRoot(rootBytes), sums: await demandFile(bundle, SUMS_FILE) };
}

async function sealNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw writeFailed(folder, error);
  }
}

/** The payload that earlier signers signed. @throws AirlockError (check) when a seal is damaged or they differ */
async function earlierPayload(folder: string, names: readonly string[]): Promise<Buffer | undefined> {
  let payload: Buffer | undefined;
  for (const name of names.filter((one) => one.endsWith('.sigstore.json'))) {
    const seal = parseSeal((await readSmallFile(path.join(folder, name))) ?? Buffer.alloc(0));
    if (payload !== undefined && !payload.equals(seal.payload)) {
      throw checkFailed(`${path.join(folder, name)} says something else than the other seals`, 'remove the wrong one');
    }
    payload = seal.payload;
  }
  return payload;
}

function annotated(index: OciIndex): { readonly site: string; readonly lock: Digest } {
  const site = index.annotations?.['vnd.airlock.site'];
  const lock = index.annotations?.['vnd.airlock.lock'];
  if (site === undefined || lock === undefined || !isDigest(lock)) {
    throw checkFailed('the index of the bundle names no site or no lock', RECREATE);
  }
  return { site, lock };
}

/** What is signed: what earlier signers said, where it is about this bundle and does not differ from the choices. */
function payloadFor(
  { root, index }: BundleFacts,
  earlier: Buffer | undefined,
  choices: SealChoices,
  now: string,
): Buffer {
  const own = { ...annotated(index), root };
  if (earlier === undefined) {
    const { sequence = 1, sealedAt = now, previous = null } = choices;
    return sealPayload({ ...own, sequence, sealedAt, previous });
  }
  const said = parseSealPayload(earlier);
  for (const key of ['root', 'site', 'lock'] as const) {
    if (said[key] !== own[key])
      throw checkFailed(`the seals there say ${key} ${said[key]}, the bundle ${own[key]}`, 'remove those seals');
  }
  for (const key of ['sequence', 'sealedAt', 'previous'] as const) {
    if (choices[key] !== undefined && choices[key] !== said[key]) {
      throw badInput(
        `the bundle was sealed with ${key} ${String(said[key])}, not ${String(choices[key])}`,
        'all signers say the same: leave the option out, or remove the seals that are there',
      );
    }
  }
  return earlier;
}

/** Whether both files of this signer are there and hold. */
async function isSealed(folder: string, { keyId, publicKey }: Signer, payload: Buffer, sums: Buffer): Promise<boolean> {
  const seal = await readSmallFile(path.join(folder, sealFileName(keyId)));
  const signature = await readSmallFile(path.join(folder, sumsSignatureFileName(keyId)));
  if (seal === undefined || signature === undefined) return false;
  const signed = preAuthEncoding(IN_TOTO_PAYLOAD, payload);
  return verify('sha256', signed, publicKey, parseSeal(seal).signature) && verify('sha256', sums, publicKey, signature);
}

/**
 * Seals a bundle with one key: a Sigstore bundle about its index, and a detached signature over SHA256SUMS.
 *
 * @param now the time for a first seal without `sealedAt`, RFC 3339 in UTC
 * @throws AirlockError (input) when the folder is no bundle or the choices differ from earlier seals; (check) when the
 *   bundle's files do not follow from its index; (environment) when signer or disk fail
 */
export async function signBundle(
  bundle: string,
  signer: Signer,
  choices: SealChoices,
  now: string,
): Promise<SignResult> {
  const facts = await inspect(bundle);
  const folder = path.join(bundle, 'seals');
  const names = await sealNames(folder);
  const payload = payloadFor(facts, await earlierPayload(folder, names), choices, now);
  const statement = parseSealPayload(payload);
  const signers = new Set([...names.map((name) => name.split('.')[0] ?? '').filter(isKeyId), signer.keyId]);
  const result = { keyId: signer.keyId, statement, signers: [...signers].sort() };
  if (await isSealed(folder, signer, payload, facts.sums)) return { ...result, alreadySealed: true };
  const signature = await signer.sign(facts.sums);
  const seal = await createSeal(payload, signer);
  try {
    await mkdir(folder, { recursive: true });
    // What a killed run left; `writeDurably` names its unfinished files so.
    for (const name of names.filter((one) => one.endsWith('.tmp'))) await rm(path.join(folder, name), { force: true });
    await writeDurably(path.join(folder, sumsSignatureFileName(signer.keyId)), signature, folder);
    await writeDurably(path.join(folder, sealFileName(signer.keyId)), seal, folder);
    await syncDirectory(bundle);
  } catch (error) {
    throw writeFailed(folder, error);
  }
  return { ...result, alreadySealed: false };
}
