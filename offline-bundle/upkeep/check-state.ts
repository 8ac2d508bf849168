/**
 * How far a check has come: `check.json` in the store. Written whole, so that after a kill the next one goes on; it says its own
 * digest, and anything else counts as none. A blob stands in it as the file that was read: once it is another one, it is read again.
 */
import path from 'node:path';
import { canonicalJson, reviewJson } from '../../core/canonical-json';
import { type Digest, digestOf, fromHex, hexOf } from '../../core/digest';
import { readStored, writeDurably } from '../store/disk';

export interface CheckState {
  /** When the check began, RFC 3339. */
  readonly startedAt: string;
  /** When it ended; absent while it has not. */
  readonly finishedAt?: string;
  /** Blobs that were read and right, with the state of their files; of an ended check none. */
  readonly right: ReadonlyMap<Digest, string>;
}

const FORMAT = 1;
const fileOf = (dir: string): string => path.join(dir, 'check.json');

function textOf({ startedAt, finishedAt, right }: CheckState): string {
  const content = {
    ...{ format: FORMAT, startedAt },
    ...(finishedAt === undefined ? {} : { finishedAt }),
    right: Object.fromEntries([...right].map(([digest, state]) => [hexOf(digest), state])),
  };
  return reviewJson({ ...content, check: digestOf(canonicalJson(content)) });
}

/** @returns undefined where there is none, or a damaged one */
export async function readCheckState(dir: string): Promise<CheckState | undefined> {
  try {
    const text = await readStored(fileOf(dir));
    const { startedAt, finishedAt, right } = JSON.parse(text) as {
      startedAt: string;
      finishedAt?: string;
      right: Readonly<Record<string, string>>;
    };
    const state: CheckState = {
      startedAt,
      ...(finishedAt === undefined ? {} : { finishedAt }),
      right: new Map(Object.entries(right).map(([hex, file]) => [fromHex(hex), file])),
    };
    return textOf(state) === text ? state : undefined;
  } catch {
    return undefined;
  }
}

/** @throws AirlockError (environment) when the disk refuses */
export const writeCheckState = (dir: string, state: CheckState): Promise<void> =>
  writeDurably(fileOf(dir), textOf(state), path.join(dir, 'staging'));
