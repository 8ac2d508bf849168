/** Gets damaged blobs anew from where the store was filled, while the rest is served. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Digest } from '../../core/digest';
import { type Line, show } from '../../core/visible';
import type { NamedBlob } from './blob-health';

/** Pause before a blob is asked for again that the source itself has wrong. Milliseconds. */
const AGAIN_MS = 60_000;

export class Repairer {
  private readonly wanted = new Map<Digest, NamedBlob>();
  private running: Promise<void> | undefined;

  /**
   * @param fetch reads these again and gets anew what is wrong; tries for as long as the source is away
   * @param note told what a source has wrong
   */
  public constructor(
    private readonly fetch: (blobs: readonly NamedBlob[]) => Promise<void>,
    private readonly note: (line: Line) => void,
    private readonly signal: AbortSignal,
  ) {}

  /** Asks for a blob; what is asked for meanwhile is brought together. */
  public mend(blob: NamedBlob): void {
    this.wanted.set(blob.digest, blob);
    this.running ??= this.run().finally(() => (this.running = undefined));
  }

  /** Ends when nothing is being brought. */
  public async idle(): Promise<void> {
    await this.running;
  }

  private isOver(): boolean {
    return this.signal.aborted;
  }

  private async run(): Promise<void> {
    while (this.wanted.size > 0 && !this.isOver()) {
      const blobs = [...this.wanted.values()];
      this.wanted.clear();
      try {
        await this.fetch(blobs);
        this.note(show`${blobs.length === 1 ? (blobs[0]?.digest ?? '') : `${blobs.length} blobs`} fetched anew`);
      } catch (error) {
        if (this.isOver()) return;
        this.note(show`cannot mend ${blobs.map(({ digest }) => digest).join(', ')}: ${String(error)}`);
        blobs.forEach((blob) => this.wanted.set(blob.digest, blob));
        await delay(AGAIN_MS, undefined, { ref: false, signal: this.signal }).catch(() => undefined);
      }
    }
  }
}
