/** How `bundle create` gets at the bytes of a planned blob, whatever protocol they come by. */
import type { PlannedBlob } from '../layout/plan';

/** An open download. */
export interface OpenSource {
  /** The bytes from `start` on. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Offset of the first byte: the one asked for, or 0 where the server ignores Range. */
  readonly start: number;
}

export interface SourceReader {
  /**
   * Opens a blob at an offset. Requests that fail before the first byte are retried inside (429, 5xx, resets);
   * a body that breaks off later is the caller's to reopen at the new offset.
   *
   * @throws AirlockError (environment) when the source cannot be reached, (check) when it no longer has the content
   */
  open(blob: PlannedBlob, offset: number, signal?: AbortSignal): Promise<OpenSource>;
}
