/** The files of a model or another artifact, as its OCI manifest lists them: one raw layer per file. */
import type { Descriptor } from '../../core/descriptor';
import { type Digest, digestOf, isDigest } from '../../core/digest';
import { checkFailed } from '../../core/errors';
import { ANNOTATION_TITLE } from '../../core/media-types';

export interface ModelFile {
  /** Path below the model's folder, with `/`. */
  readonly path: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** Folder inside the model's folder that holds unfinished files; gone once the fetch has ended well. */
export const PARTIAL_FOLDER = '.airlock-partial';

const FIX = 'this is nothing that Airlock bundled: check the digest in the plan against the lock';

/** Whether a path stays inside its folder and means one file: relative, no `.` or `..`, no control characters. */
export function isSafePath(path: string): boolean {
  const parts = path.split('/');
  return (
    !/[\p{Cc}\\]/u.test(path) &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..') &&
    parts[0] !== PARTIAL_FOLDER
  );
}

function fileOf(layer: Descriptor, at: number): ModelFile {
  const path = layer.annotations?.[ANNOTATION_TITLE];
  if (path === undefined || !isDigest(layer.digest) || !Number.isSafeInteger(layer.size) || layer.size < 0)
    throw checkFailed('MANIFEST_INVALID', `layer ${at + 1} of the manifest names no file, digest and size`, FIX);
  if (!isSafePath(path))
    throw checkFailed('MANIFEST_INVALID', `the manifest names an unsafe path, ${JSON.stringify(path)}`, FIX);
  return { path, digest: layer.digest, size: layer.size };
}

/** Every folder that a list of files needs, without the root. */
export function foldersOf(files: readonly ModelFile[]): Set<string> {
  const folders = new Set<string>();
  for (const { path } of files) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth += 1) folders.add(parts.slice(0, depth).join('/'));
  }
  return folders;
}

/**
 * Reads the manifest of a model.
 *
 * @param digest what its bytes must hash to
 * @throws AirlockError (check) when the bytes have another digest, are no such manifest, or name unsafe or clashing paths
 */
export function modelFiles(manifestBytes: Buffer, digest: Digest): ModelFile[] {
  const actual = digestOf(manifestBytes);
  if (actual !== digest) throw checkFailed('MANIFEST_INVALID', `the manifest has digest ${actual}, not ${digest}`, FIX);
  let layers: unknown;
  try {
    ({ layers } = JSON.parse(manifestBytes.toString('utf8')) as { layers?: unknown });
  } catch {
    throw checkFailed('MANIFEST_INVALID', 'the manifest is not JSON', FIX);
  }
  if (!Array.isArray(layers) || layers.length === 0)
    throw checkFailed('MANIFEST_INVALID', 'the manifest lists no files', FIX);
  return distinct((layers as Descriptor[]).map(fileOf));
}

/**
 * Demands that files can lie in one folder together.
 *
 * @throws AirlockError (check) when two have one path, or one is where a folder must be
 */
export function distinct<T extends ModelFile>(files: readonly T[]): T[] {
  const folders = foldersOf(files);
  const paths = new Set<string>();
  for (const { path } of files) {
    if (paths.has(path) || folders.has(path)) throw checkFailed('MANIFEST_INVALID', `${path} is named twice`, FIX);
    paths.add(path);
  }
  return [...files];
}
