/**
 * What lies in the folder of a store, by name and kind: nothing is opened, no link is followed. A name that is none of the
 * store's own, and what is neither file nor folder, is foreign.
 */
import path from 'node:path';
import { type Digest, fromHex } from '../../core/digest';
import { badInput, environmentFailed } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import { isMissing } from '../store/disk';
import { type BundleDirectory, type BundleEntry, entriesOf, readBundleFile } from '../verify/bundle-directory';
import { isOfTheMedium } from '../verify/medium-files';

export type Place =
  | 'marker'
  | 'blob'
  | 'record'
  | 'seal'
  | 'derived'
  | 'mark'
  | 'staging'
  | 'quarantine'
  /** Written by others of Airlock, such as the history of verifications: known, and no business of the upkeep. */
  | 'other';

/** A file of the store, or what lies in its place. */
export interface StoreEntry extends BundleEntry {
  readonly place: Place;
  /** Of the digest that its name or its folder tells; absent where it tells none. */
  readonly digest?: Digest;
}

/** A store is laid out as a bundle is, as far as blobs go. */
export interface Inventory extends BundleDirectory {
  readonly files: readonly StoreEntry[];
  readonly foreign: readonly BundleEntry[];
}

const HEX = '([0-9a-f]{64})';
const FILES: readonly (readonly [RegExp, Place])[] = [
  [/^store\.json$/, 'marker'],
  [new RegExp(`^blobs/sha256/${HEX}$`), 'blob'],
  [new RegExp(`^roots/${HEX}\\.json$`), 'record'],
  [
    new RegExp(
      `^seals/${HEX}/[0-9a-f]{16}\\.(?:sigstore\\.json|SHA256SUMS\\.sig|pub|[A-Za-z0-9][\\w.+-]*\\.model\\.sig)$`,
    ),
    'seal',
  ],
  [new RegExp(`^derived/${HEX}\\.json$`), 'derived'],
  [new RegExp(`^sequences/${HEX}\\.json$`), 'mark'],
  [new RegExp(`^derived/${HEX}\\.json\\.[0-9a-f]{12}\\.tmp$`), 'staging'],
  [/^staging\/[^/]+$/, 'staging'],
  [new RegExp(`^quarantine/${HEX}$`), 'quarantine'],
  [/^writer-[0-9a-f-]+\.lock$/, 'other'],
  [/^(?:check|policy)\.json$/, 'other'],
  [/^history(?:\/|$)/, 'other'],
];
const FOLDERS: readonly RegExp[] = [
  /^(?:blobs|blobs\/sha256|roots|seals|derived|sequences|staging|quarantine)$/,
  new RegExp(`^seals/${HEX}$`),
  /^history(?:\/|$)/,
];
/** Where whatever lies in place of a file is damage of that file; elsewhere a link or a device is foreign. */
const KEPT: readonly Place[] = ['marker', 'blob', 'record', 'seal', 'derived', 'mark'];

function entryOf(entry: BundleEntry): StoreEntry | undefined {
  for (const [form, place] of FILES) {
    const match = form.exec(entry.path);
    if (match === null || (entry.kind !== 'file' && !KEPT.includes(place))) continue;
    const [, hex] = match;
    return { ...entry, place, ...(hex === undefined ? {} : { digest: fromHex(hex) }) };
  }
  return undefined;
}

const isFolder = ({ path: at, kind }: BundleEntry): boolean =>
  kind === 'directory' && FOLDERS.some((form) => form.test(at));

/** Sorts what was found in a store's folder. */
export function sorted(dir: string, entries: ReadonlyMap<string, BundleEntry>): Inventory {
  const files: StoreEntry[] = [];
  const foreign: BundleEntry[] = [];
  // A folder in place of a file is one fault, whatever is in it.
  let within = '/';
  for (const entry of [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (entry.path.startsWith(within) || isFolder(entry)) continue;
    if (entry.kind === 'directory') within = `${entry.path}/`;
    const known = entryOf(entry);
    if (known !== undefined) files.push(known);
    // The root of a disk may be a store.
    else if (entry.path.includes('/') || !isOfTheMedium(entry.path)) foreign.push(entry);
  }
  return { dir, entries, files, foreign };
}

/**
 * Lists a store. Its marker may be damaged.
 *
 * @throws AirlockError (input) when the folder is no store; (environment) when it cannot be read
 */
export async function takeInventory(dir: string): Promise<Inventory> {
  const at = path.resolve(dir);
  let entries: Map<string, BundleEntry>;
  try {
    entries = await entriesOf(at);
  } catch (error) {
    if (!isMissing(error))
      throw environmentFailed(
        'FILE_UNREADABLE',
        `cannot read ${dir}: ${systemCode(error) ?? String(error)}`,
        'check the permissions and the disk',
        error,
      );
    entries = new Map();
  }
  const isStore = ['store.json', 'roots', 'blobs/sha256'].filter((name) => entries.has(name)).length > 1;
  if (isStore || entries.get('store.json')?.kind === 'file') return sorted(at, entries);
  throw badInput('STORE_MISSING', `there is no store in ${dir}`, 'name the folder that `airlock import --store` wrote');
}

/** The files of one kind. */
export const filesAt = ({ files }: Inventory, place: Place): StoreEntry[] =>
  files.filter((entry) => entry.place === place);

/** Bytes of files. */
export const bytesOf = (entries: readonly { readonly size: number }[]): number =>
  entries.reduce((sum, { size }) => sum + size, 0);

/** Larger than any record, seal, key or mark; an image form grows with the files of its model. Bytes. */
const MAX_SMALL_BYTES = 16 * 1024 * 1024;

/** Reads a small file of the store. @returns undefined for what is no file, is too large, or cannot be read */
export async function smallFile(inventory: Inventory, { path: at }: StoreEntry): Promise<Buffer | undefined> {
  return readBundleFile(inventory, at, MAX_SMALL_BYTES).catch(() => undefined);
}
