/** What signatures of models beside the seals come to, as checks: they say what the lock says, and their keys made them. */
import { type Digest, digestOf } from '../../core/digest';
import type { TrustedKey } from '../trust/keys';
import { modelSignatureFault, modelSignatureFileName, modelSignatureOf } from '../trust/model-signature';
import type { SealStatement } from '../trust/seal';
import { type BundleDirectory, readBundleFile } from './bundle-directory';
import { type Check, fail, pass, skipped } from './report';
import { verdictOf } from './verdict';

/** Of all signatures of models together; what is beyond is read as nothing, and refused. Bytes. */
export const MAX_MODEL_SIGNATURES_BYTES = 64 * 1024 * 1024;
const FOLDER = 'seals/';

const nameIn = (path: string): string | undefined =>
  path.startsWith(FOLDER) && modelSignatureOf(path.slice(FOLDER.length)) !== undefined
    ? path.slice(FOLDER.length)
    : undefined;

/** Whether a path inside a bundle is that of a signature of a model. */
export const isModelSignatureFile = (path: string): boolean => nameIn(path) !== undefined;

/**
 * Every file of `seals/` that is named like a signature of a model, by name.
 *
 * @throws AirlockError (environment) when the medium fails
 */
export async function readModelSignatures(bundle: BundleDirectory): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  let left = MAX_MODEL_SIGNATURES_BYTES;
  for (const path of [...bundle.entries.keys()].sort()) {
    const name = nameIn(path);
    if (name === undefined) continue;
    const bytes = await readBundleFile(bundle, path, left).catch((error: unknown) => {
      verdictOf(error);
      return Buffer.alloc(0);
    });
    left -= bytes?.length ?? 0;
    if (bytes !== undefined) found.set(name, bytes);
  }
  return found;
}

/** What signatures of models are held against. */
export interface ModelTerms {
  /** The OMS statement about each model of the lock, by name; undefined where the lock cannot be read. */
  readonly statements: ReadonlyMap<string, Buffer> | undefined;
  /** Keys that count. */
  readonly trusted: readonly TrustedKey[];
  /** Ids of those whose seals hold. */
  readonly signers: readonly string[];
  /** What those seals say. */
  readonly seal: SealStatement | undefined;
}

/** Whether the seal names the models of the lock, with the files of the lock. */
export function checkNamedModels(models: SealStatement['models'] = {}, statements: ModelTerms['statements']): Check[] {
  const names = Object.keys(models);
  if (names.length === 0) return [];
  const subject = 'models that the seal names';
  if (statements === undefined) return [skipped('seal', subject, 'the lock cannot be read')];
  const odd = [...new Set([...names, ...statements.keys()])].find((name) => {
    const statement = statements.get(name);
    return statement === undefined || models[name] !== digestOf(statement);
  });
  return odd === undefined
    ? [pass('seal', subject, names.join(', '))]
    : [fail('seal', subject, 'untrusted', `not as the lock has it: ${odd}`)];
}

const shown = (name: string): string => `${FOLDER}${name}`;

function judgeOne(name: string, bytes: Buffer, { statements, trusted, seal }: ModelTerms): Check {
  const { keyId, model } = modelSignatureOf(name) ?? { keyId: '', model: '' };
  const wrong = (what: string): Check => fail('seal', shown(name), 'untrusted', what);
  if (statements === undefined) return skipped('seal', shown(name), 'cannot be told: the lock cannot be read');
  const statement = statements.get(model);
  if (statement === undefined) return wrong(`the lock has no model ${model}`);
  const digest: Digest = digestOf(statement);
  if (seal !== undefined && seal.models?.[model] !== digest) return wrong('no seal names it');
  const key = trusted.find(({ id }) => id === keyId);
  const fault = modelSignatureFault(bytes, digest, key?.publicKey);
  if (fault !== undefined) return wrong(fault);
  return key === undefined
    ? skipped('seal', shown(name), `not counted: key ${keyId} is not trusted here`)
    : pass('seal', shown(name), `the files of ${model}, signed by the trusted key ${keyId}`);
}

/**
 * Judges the signatures of models. Where a seal names models, whoever sealed the bundle has signed each of them; a seal of an earlier
 * release names none, and then none is there.
 */
export function judgeModelSignatures(files: ReadonlyMap<string, Buffer>, terms: ModelTerms): Check[] {
  const wanted = terms.signers.flatMap((id) =>
    Object.keys(terms.seal?.models ?? {}).map((model) => modelSignatureFileName(id, model)),
  );
  return [
    ...[...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, bytes]) => judgeOne(name, bytes, terms)),
    ...wanted
      .filter((name) => !files.has(name))
      .map((name) => fail('seal', shown(name), 'missing', 'missing, although this key sealed the bundle')),
  ];
}
