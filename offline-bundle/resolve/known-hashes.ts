/**
 * SHA-256 of small files by what the commit names them, so that no run of `lock` asks again for what an earlier one has hashed: from
 * the lock on disk, and from a file beside it that a run leaves which did not end well.
 */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { isSha256Hex } from '../../core/digest';
import type { Lock } from '../../site/generated/lock';
import { isObject } from '../fetch/small-json';
import { writeDurably } from '../store/disk';

const keyOf = (gitOid: string, size: number): string => `${gitOid}-${size}`;

export class KnownHashes {
  private readonly hashes = new Map<string, string>();

  /** 64 hexadecimal digits. @param gitOid git id of the blob @param size bytes */
  public of(gitOid: string, size: number): string | undefined {
    return this.hashes.get(keyOf(gitOid, size));
  }

  public add(gitOid: string, size: number, sha256: string): void {
    this.hashes.set(keyOf(gitOid, size), sha256);
  }

  public entries(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.hashes);
  }
}

/** Where hashes of a run lie that did not end well. */
export const unfinishedFile = (lockFile: string): string => `${lockFile}.unfinished`;

async function unfinished(lockFile: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const found: unknown = JSON.parse(await readFile(unfinishedFile(lockFile), 'utf8'));
    return isObject(found) ? found : {};
  } catch {
    // It only saves work: what cannot be read is hashed again.
    return {};
  }
}

/** @param before the lock on disk */
export async function knownHashes(lockFile: string, before: Lock | undefined): Promise<KnownHashes> {
  const known = new KnownHashes();
  for (const [key, sha256] of Object.entries(await unfinished(lockFile))) {
    const [gitOid = '', size = ''] = key.split('-');
    if (/^[0-9a-f]{40}$/.test(gitOid) && /^\d+$/.test(size) && typeof sha256 === 'string' && isSha256Hex(sha256))
      known.add(gitOid, Number(size), sha256);
  }
  for (const { files } of before?.models ?? [])
    for (const { gitOid, size, sha256, sha256From } of files)
      if (sha256From === 'fetched') known.add(gitOid, size, sha256);
  return known;
}

/** Keeps what a run has hashed that did not end well. @throws AirlockError (environment) when the disk refuses */
export const keepUnfinished = (lockFile: string, known: KnownHashes): Promise<void> =>
  writeDurably(unfinishedFile(lockFile), `${JSON.stringify(known.entries(), null, 2)}\n`, path.dirname(lockFile));

/** Removes what an earlier run left, once there is a lock. */
export const forgetUnfinished = (lockFile: string): Promise<void> => rm(unfinishedFile(lockFile), { force: true });
