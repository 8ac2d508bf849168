/**
 * How far a site has come, beside the seals that say so: `sequences/<SHA-256 of the site>.json`. Written after every
 * accepted import, so that a damaged seal does not make the store forget, and stop.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { canonicalJson, reviewJson } from '../../core/canonical-json';
import { type Digest, digestOf, hexOf, isDigest } from '../../core/digest';
import { makeFolders } from '../../core/make-folders';
import { isMissing, makeWay, readStored, writeDurably, writeFailed } from '../store/disk';

export interface KnownSequence {
  readonly sequence: number;
  readonly root: Digest;
}

const FORMAT = 1;

const fileOf = (dir: string, site: string): string => path.join(dir, 'sequences', `${hexOf(digestOf(site))}.json`);

/** The mark says its own digest: a flipped bit may not read as another number. */
function markOf(site: string, { sequence, root }: KnownSequence): object {
  const content = { format: FORMAT, site, sequence, root };
  return { ...content, check: digestOf(canonicalJson(content)) };
}

/** A mark with its site. @returns undefined for what is none, or a damaged one */
export function parseMark(text: string): (KnownSequence & { readonly site: string }) | undefined {
  try {
    const { site, sequence, root } = JSON.parse(text) as Record<'site' | 'sequence' | 'root', unknown>;
    if (typeof site !== 'string' || typeof sequence !== 'number' || typeof root !== 'string' || !isDigest(root))
      return undefined;
    return reviewJson(markOf(site, { sequence, root })) === text ? { site, sequence, root } : undefined;
  } catch {
    return undefined;
  }
}

/** @returns undefined where there is none, or a damaged one */
export async function readMark(dir: string, site: string): Promise<KnownSequence | undefined> {
  const mark = parseMark(await readStored(fileOf(dir, site)).catch(() => ''));
  return mark?.site === site ? { sequence: mark.sequence, root: mark.root } : undefined;
}

/** Sites that have a mark which can be read. */
export async function notedSites(dir: string): Promise<string[]> {
  const folder = path.join(dir, 'sequences');
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const texts = await Promise.all(names.map((name) => readStored(path.join(folder, name)).catch(() => '')));
  return texts.flatMap((text) => parseMark(text)?.site ?? []);
}

/** Raises the mark of a site. @throws AirlockError (environment) when the disk refuses */
export async function raiseMark(dir: string, site: string, to: KnownSequence): Promise<void> {
  const known = await readMark(dir, site);
  if (known !== undefined && known.sequence >= to.sequence) return;
  const file = fileOf(dir, site);
  const folder = path.dirname(file);
  await makeFolders(folder).catch((error: unknown) => Promise.reject(writeFailed(folder, error)));
  await makeWay(file);
  await writeDurably(file, reviewJson(markOf(site, to)), path.join(dir, 'staging'));
}
