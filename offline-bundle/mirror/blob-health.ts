/**
 * Which blobs of the store are known to be wrong. A blob is condemned as the file that it is now: once the file is
 * another one, because somebody mended it, nothing is known against it any more.
 */
import type { BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { systemCode } from '../../core/system-errors';
import type { Digest } from '../../core/digest';
import { type Line, show } from '../../core/visible';
import { isMissing } from '../store/disk';
import type { Store } from '../store/store';
import type { Catalog } from './catalog';

/** A blob as manifests name it. */
export interface NamedBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

export interface Damage extends NamedBlob {
  /** What is wrong, e.g. `it has 5 bytes, not 5000`. */
  readonly what: string;
}

/** Asked for bytes that may not be sent. */
export class DamagedBlobError extends Error {
  public readonly statusCode: number;

  public constructor(
    { digest, what }: Damage,
    /** Whether the mirror gets the blob anew by itself. */
    public readonly isMending: boolean,
  ) {
    const fix = isMending
      ? 'it is being fetched anew, ask again'
      : 'import a bundle that holds it with --recheck, which brings it back';
    super(`blob ${digest} is damaged in the store, so it is not served (${what}): ${fix}`);
    this.statusCode = isMending ? 503 : 500;
  }
}

/** Tells a file from what it was before it was written to or replaced; empty for one that is missing. */
export type FileState = string;

export const stateOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): FileState =>
  [dev, ino, size, mtimeNs, ctimeNs].join('-');

const NO_FILE: FileState = '';

/** What a disk says of bytes that it does not give: nobody is served them, whoever is to blame. */
const UNREADABLE: Readonly<Record<string, string>> = {
  EIO: 'the disk cannot read it: EIO',
  EACCES: 'the mirror may not read it: EACCES',
  EPERM: 'the mirror may not read it: EPERM',
};

/** @returns undefined for an error that says nothing about the blob */
export const unreadable = (error: unknown): string | undefined => UNREADABLE[systemCode(error) ?? ''];
/** A survey is as good as new for this long: one scrape asks twice. Milliseconds. */
const FRESH_MS = 100;

export class BlobHealth {
  private readonly condemned = new Map<Digest, { readonly damage: Damage; readonly state: FileState }>();
  private latest: { readonly at: number; readonly of: Catalog; readonly found: Promise<readonly Damage[]> } | undefined;

  /**
   * @param mend gets a blob anew; absent where the mirror has no source
   * @param note told once of every damage
   */
  public constructor(
    private readonly store: Store,
    private readonly note: (line: Line) => void,
    private readonly mend?: (blob: NamedBlob) => void,
  ) {}

  /** Condemns a blob. @param state of the file that was found wrong */
  public condemn(blob: NamedBlob, what: string, state: FileState): Damage {
    const known = this.condemned.get(blob.digest);
    const damage: Damage = { digest: blob.digest, size: blob.size, what };
    if (known?.state === state) return known.damage;
    this.condemned.set(blob.digest, { damage, state });
    this.note(show`blob ${blob.digest} is damaged in the store, so it is not served: ${what}`);
    this.mend?.({ digest: blob.digest, size: blob.size });
    return damage;
  }

  /** Takes back what was said of a blob, for one that was read again and is right. */
  public acquit(digest: Digest): void {
    this.condemned.delete(digest);
  }

  /** Judges an open or named file by what costs nothing. @param found undefined when there is none */
  public judge(blob: NamedBlob, found: BigIntStats | undefined): Damage | undefined {
    if (found === undefined) return this.condemn(blob, 'it is missing', NO_FILE);
    const state = stateOf(found);
    if (!found.isFile()) return this.condemn(blob, 'it is no file', state);
    if (found.size !== BigInt(blob.size))
      return this.condemn(blob, `it has ${found.size} bytes, not ${blob.size}`, state);
    const known = this.condemned.get(blob.digest);
    if (known === undefined || known.state === state) return known?.damage;
    this.condemned.delete(blob.digest);
    return undefined;
  }

  /** What is known to be wrong with a blob now, without reading it. */
  public async damageOf(blob: NamedBlob): Promise<Damage | undefined> {
    return this.judge(blob, await this.stat(blob.digest));
  }

  /** The error for whoever asks for a damaged blob. */
  public refusal(damage: Damage): DamagedBlobError {
    return new DamagedBlobError(damage, this.mend !== undefined);
  }

  /** What a catalog reaches and is known to be wrong now; every blob is looked at, none is read. */
  public survey(catalog: Catalog): Promise<readonly Damage[]> {
    const { latest } = this;
    if (latest?.of === catalog && Date.now() - latest.at < FRESH_MS) return latest.found;
    const found = this.lookAt(blobsOf(catalog));
    this.latest = { at: Date.now(), of: catalog, found };
    return found;
  }

  public async stat(digest: Digest): Promise<BigIntStats | undefined> {
    try {
      return await lstat(this.store.blobPath(digest), { bigint: true });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  private async lookAt(blobs: Iterable<NamedBlob>): Promise<readonly Damage[]> {
    const found: Damage[] = [];
    for (const blob of blobs) {
      const damage = await this.damageOf(blob);
      if (damage !== undefined) found.push(damage);
    }
    return found;
  }
}

/** Every blob of the store that a catalog reaches, once. */
export function blobsOf({ repositories }: Catalog): Iterable<NamedBlob> {
  const blobs = new Map<Digest, NamedBlob>();
  for (const { contents } of repositories.values()) {
    for (const { digest, size, made } of contents.values()) {
      const blob = made === undefined ? { digest, size } : made.blob;
      if (blob !== undefined) blobs.set(blob.digest, blob);
    }
  }
  return blobs.values();
}
