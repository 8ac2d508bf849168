/** Brings one blob to the disk over an unreliable line: continued where it broke, across attempts and restarts. */
import { AirlockError } from '../../core/errors';
import type { Progress } from '../../core/progress';
import { show } from '../../core/visible';
import type { HttpClient } from './http';
import type { OpenAt } from './ranges';
import type { OpenSource } from './source-reader';

export interface BlobTarget {
  /** Bytes. */
  readonly size: number;
  /** Bytes that lie on the disk unfinished. */
  stagedBytes(): Promise<number>;
  /** Takes the bytes from `start` on, which is 0 or what is staged; keeps what came when the body breaks off. */
  write(source: OpenSource, progress: Progress): Promise<void>;
}

/** Takes back what a failed attempt reported, since the next one reports its kept part again. */
function revocable(progress: Progress): { readonly counted: Progress; readonly revoke: () => void } {
  let moved = 0;
  return {
    counted: {
      ...progress,
      advance: (bytes) => {
        moved += bytes;
        progress.advance(bytes);
      },
    },
    revoke: () => {
      progress.advance(-moved);
    },
  };
}

/**
 * Pulls until the target has the whole blob. Gives up after as many attempts in a row as the client's policy allows
 * without a single new byte.
 *
 * @param url for messages
 * @throws AirlockError (check) when the bytes are wrong, even when fetched anew from the first; (environment) when the
 *   source cannot be reached or the disk fails
 */
export async function pullBlob(
  http: HttpClient,
  url: URL,
  openAt: OpenAt,
  target: BlobTarget,
  progress: Progress,
  signal?: AbortSignal,
): Promise<void> {
  const persistence = http.persistence();
  for (;;) {
    const staged = await target.stagedBytes();
    const kept = staged < target.size ? staged : 0;
    const source = await openAt(kept);
    const { counted, revoke } = revocable(progress);
    try {
      await target.write(source, counted);
      return;
    } catch (error) {
      revoke();
      if (signal?.aborted === true) throw error;
      if (error instanceof AirlockError) {
        // A part that an earlier run left may be the culprit: judge the source by its own bytes alone.
        if (error.kind !== 'check' || source.start === 0) throw error;
        continue;
      }
      if ((await target.stagedBytes()) > staged) persistence.reset();
      progress.note(show`${url.host}: the connection broke off; going on where it stopped`);
      await http.backOff(persistence, url, error, signal);
    }
  }
}
