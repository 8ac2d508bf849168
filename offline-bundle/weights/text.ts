/** Contents that were fetched, verified or made, as people read it. */
import { formatBytes } from '../../core/format-bytes';
import { type Page, table } from '../../core/page';
import { type Line, show } from '../../core/visible';
import type { FetchedWeights } from './fetch';
import type { SignedWeights } from './signature';
import type { VerifiedWeights } from './verify';

/** @param into folder that holds them now */
export function fetchedPage({ files, bytes, fetched, hashed }: FetchedWeights, into: string): Line {
  const kept = files - fetched - hashed;
  const unchanged = kept === 0 ? '' : `, ${kept} unchanged since they were hashed here`;
  return show`${into}: ${files} files, ${formatBytes(bytes)}, each with its SHA-256; ${fetched} fetched, ${hashed} hashed${unchanged}`;
}

/** @param signed what a signature of the model covers, where one was judged */
export const verifiedPage = ({ files, bytes }: VerifiedWeights, dir: string, signed?: SignedWeights): Page => [
  show`${dir}: ${files} files, ${formatBytes(bytes)}, each with its SHA-256; nothing else`,
  ...(signed === undefined ? [] : [show`signed by key ${signed.keyId}: ${signed.files} files`]),
  ...(signed?.passedOver ?? []).map((file) => show`  not covered by the signature: ${file}`),
];

/** A model as an image. */
export interface DerivedImage {
  readonly name: string;
  readonly platform: string;
  readonly repository?: string;
  readonly digest: string;
}

/** @param lock name of the lock file, and whether it was written anew */
export const derivedPage = (images: readonly DerivedImage[], lock: string, changed: boolean): Page => [
  table(
    ['model', 'platform', 'image'],
    images.map(({ name, platform, repository = '', digest }) => [name, platform, `${repository}@${digest}`]),
  ),
  show`${lock}: ${changed ? 'written' : 'unchanged'}`,
];

/** @param files names of the charts with their digests */
export const chartsPage = (
  files: readonly { readonly file: string; readonly sha256: string }[],
  bytes: number,
  into: string,
): Page => [
  ...files.map(({ file, sha256 }) => show`${into}/${file}  ${sha256}`),
  show`${files.length} charts, ${formatBytes(bytes)}, each with its SHA-256; nothing else`,
];
