/** Writes the sample's bundle straight to disk, for tests of what reads a bundle. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { assembleKitImage } from '../../../offline-bundle/layout/kit-image';
import { madeContent } from '../../../offline-bundle/layout/artifacts';
import { blobPath, layoutFiles } from '../../../offline-bundle/layout/sums';
import { modelStatements } from '../../../offline-bundle/layout/model-statements';
import { modelSignatureFileName, signModel } from '../../../offline-bundle/trust/model-signature';
import { sealPayload } from '../../../offline-bundle/trust/seal';
import type { Digest } from '../../../core/digest';
import { digestOf } from '../../../core/digest';
import { sealsOf, type TestSigner } from '../trust/signers';
import type { Sample } from './sample-lock';

/** Bytes of every planned blob. */
export async function allBlobs({ plan, lock, airlockMjs, upstream }: Sample): Promise<Map<Digest, Buffer>> {
  const [base] = lock.images;
  const configs = new Map(base!.manifests.map((one) => [one.platform, upstream.get(one.config.digest)!]));
  const program = madeContent('text/javascript', airlockMjs);
  const kit = await assembleKitImage(base!, configs, program, lock.derived.kit.version);
  const made = new Map(kit.contents.map(({ descriptor, bytes }) => [descriptor.digest, bytes]));
  return new Map(
    plan.blobs.map(({ digest, source }) => [
      digest,
      source.kind === 'bytes' ? source.bytes : (upstream.get(digest) ?? made.get(digest)!),
    ]),
  );
}

/** Digests of statements about models, as a seal names them. */
export const digestsOf = (models: ReadonlyMap<string, Buffer>): Record<string, Digest> =>
  Object.fromEntries([...models].map(([name, statement]) => [name, digestOf(statement)]));

/**
 * The bundle in `folder`, sealed by the given signers.
 *
 * @param startHere text of an earlier time, when models were not signed
 * @param expires until when the seals hold
 */
export async function writeBundle(
  folder: string,
  of: Sample,
  signers: readonly TestSigner[],
  sequence = 1,
  startHere?: Buffer,
  expires?: string,
): Promise<void> {
  const blobs = await allBlobs(of);
  const files = layoutFiles(of.plan.rootBytes, blobs.keys(), startHere);
  await mkdir(path.join(folder, 'blobs', 'sha256'), { recursive: true });
  await mkdir(path.join(folder, 'seals'));
  for (const [digest, bytes] of blobs) await writeFile(path.join(folder, blobPath(digest)), bytes);
  for (const [file, bytes] of files) await writeFile(path.join(folder, file), bytes);
  const models = startHere === undefined ? modelStatements(of.lock) : new Map<string, Buffer>();
  const payload = sealPayload({
    site: of.lock.site,
    root: of.plan.root,
    sequence,
    sealedAt: '2026-11-23T20:00:00Z',
    lock: digestOf(of.lockBytes),
    previous: null,
    ...(expires === undefined ? {} : { expires }),
    ...(models.size === 0 ? {} : { models: digestsOf(models) }),
  });
  for (const { signer } of signers) {
    for (const [file, bytes] of await sealsOf(signer, payload, files.get('SHA256SUMS')!))
      await writeFile(path.join(folder, 'seals', file), bytes);
    for (const [model, statement] of models)
      await writeFile(
        path.join(folder, 'seals', modelSignatureFileName(signer.keyId, model)),
        await signModel(statement, signer),
      );
  }
}
