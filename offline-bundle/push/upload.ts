/**
 * Brings one blob into a registry: in parts, hashed while it is read, gone on with where it broke off. A blob that has another hash
 * than its name is never finished.
 */
import { Readable } from 'node:stream';
import { type Digest, fromHex, newHash } from '../../core/digest';
import { AirlockError, environmentFailed } from '../../core/errors';
import type { Progress } from '../../core/progress';
import { show } from '../../core/visible';
import type { HttpClient } from '../fetch/http';
import { transportReason } from '../fetch/network-errors';
import type { Content } from '../mirror/content';
import type { Store } from '../store/store';
import { contentRange, damaged } from './content-range';
import { type RegistryWriter, UploadInterrupted, type UploadSession } from './registry-writer';
import type { UploadNotes } from './upload-notes';

export interface UploadOptions {
  readonly store: Pick<Store, 'blobPath'>;
  readonly writer: RegistryWriter;
  readonly http: HttpClient;
  /** Where unfinished uploads are noted. */
  readonly notes: UploadNotes;
  /** Bytes of a part; the registry may want more. */
  readonly chunkBytes: number;
  readonly progress: Progress;
}

/** What an upload cost. */
export interface Uploaded {
  /** Bytes that went over the network. */
  readonly sent: number;
  /** Bytes that an earlier run had sent. */
  readonly resumed: number;
}

/** SHA-256 of a content up to some place. */
class Prefix {
  private hash = newHash();
  private position = 0;

  public constructor(
    private readonly store: Pick<Store, 'blobPath'>,
    private readonly content: Content,
  ) {}

  /** Reads until `offset`, from the first byte again where that lies behind. */
  public async moveTo(offset: number): Promise<void> {
    if (offset < this.position) [this.hash, this.position] = [newHash(), 0];
    for await (const chunk of contentRange(this.store, this.content, this.position, offset)) this.hash.update(chunk);
    this.position = offset;
  }

  /** Bytes from the place on; `taken` makes that of the hash count. */
  public read(length: number, told: (bytes: number) => void): { body: Readable; taken: () => void } {
    const hash = this.hash.copy();
    const end = this.position + length;
    const range = contentRange(this.store, this.content, this.position, end);
    async function* bytes(): AsyncGenerator<Buffer> {
      for await (const chunk of range) {
        hash.update(chunk);
        told(chunk.length);
        yield chunk;
      }
    }
    const taken = (): void => {
      [this.hash, this.position] = [hash, end];
    };
    return { body: Readable.from(bytes(), { objectMode: false }), taken };
  }

  public digest(): Digest {
    return fromHex(this.hash.copy().digest('hex'));
  }
}

class Upload {
  private sent = 0;
  /** Bytes that the display counts as done. */
  private shown = 0;
  private readonly prefix: Prefix;

  public constructor(
    private readonly repository: string,
    private readonly content: Content,
    private readonly options: UploadOptions,
  ) {
    this.prefix = new Prefix(options.store, content);
  }

  public async run(begun: UploadSession): Promise<Uploaded> {
    const { http, progress, writer } = this.options;
    const persistence = http.persistence();
    const resumed = begun.offset;
    let session = begun;
    let furthest = begun.offset;
    for (;;) {
      const { offset } = session;
      try {
        session = await this.send(session, (next) => {
          // Bytes that were there before are no progress: a registry may take the same ones for ever.
          if (next.offset > furthest) persistence.reset();
          furthest = Math.max(furthest, next.offset);
          session = next;
        });
        return { sent: this.sent, resumed };
      } catch (error) {
        // A body that could not be read breaks the request that carries it.
        const cause = error instanceof Error && error.cause instanceof AirlockError ? error.cause : error;
        if (cause instanceof AirlockError) throw cause;
        const reason = cause instanceof UploadInterrupted ? cause.message : transportReason(cause);
        progress.note(show`${session.location.host}: ${reason}; the upload goes on from what has arrived`);
        await this.pause(persistence, session, cause, reason);
        const known = await writer.status(this.repository, session);
        const next =
          known !== undefined && known.offset <= this.content.size
            ? known
            : await writer.begin(this.repository, this.content.digest);
        if (next === 'mounted') return { sent: this.sent, resumed };
        session = next;
        if (session.offset < offset) progress.note(show`${session.location.host}: begins ${this.content.digest} anew`);
      }
    }
  }

  /** Sends what is left, and ends the upload. */
  private async send(begun: UploadSession, moved: (session: UploadSession) => void): Promise<UploadSession> {
    const { writer, notes, chunkBytes } = this.options;
    const { size, digest } = this.content;
    let session = begun;
    await this.prefix.moveTo(session.offset);
    this.show(session.offset);
    while (session.offset < size) {
      const length = Math.min(size - session.offset, Math.max(chunkBytes, session.minChunk));
      let taken = (): void => undefined;
      const before = session.offset;
      session = await writer.patch(this.repository, session, length, () => {
        this.show(before);
        const read = this.prefix.read(length, (bytes) => {
          this.sent += bytes;
          this.show(this.shown + bytes);
        });
        taken = read.taken;
        return read.body;
      });
      taken();
      await this.prefix.moveTo(session.offset);
      this.show(session.offset);
      await notes.keep(this.repository, digest, session.location);
      moved(session);
    }
    const got = this.prefix.digest();
    if (got !== digest) {
      await writer.cancel(this.repository, session);
      await notes.drop(this.repository, digest);
      throw damaged(digest, `it hashes to ${got}`);
    }
    await this.finish(session);
    await notes.drop(this.repository, digest);
    return session;
  }

  /** A registry whose answer was lost may have finished all the same. */
  private async finish(session: UploadSession): Promise<void> {
    const { writer } = this.options;
    const { digest, size } = this.content;
    try {
      await writer.finish(this.repository, session, digest);
    } catch (error) {
      if (error instanceof AirlockError || (await writer.blobSize(this.repository, digest)) !== size) throw error;
    }
  }

  private async pause(
    persistence: ReturnType<HttpClient['persistence']>,
    { location }: UploadSession,
    error: unknown,
    reason: string,
  ): Promise<void> {
    if (!(error instanceof UploadInterrupted)) return this.options.http.backOff(persistence, location, error);
    await this.options.http.backOff(persistence, location, error).catch(() => {
      throw environmentFailed(
        'REGISTRY_REFUSES',
        `registry ${location.host} ${reason}, ${persistence.failures} times in a row, for blob ${this.content.digest}`,
        'see the log of the registry, then run the command again: what has arrived is kept',
        error,
      );
    });
  }

  private show(bytes: number): void {
    this.options.progress.advance(bytes - this.shown);
    this.shown = bytes;
  }
}

/**
 * Uploads a blob.
 *
 * @param begun the upload, new or one that goes on
 * @throws AirlockError (check) where the store has other bytes than the digest names; (environment) where the registry does not take them
 */
export const uploadBlob = (
  repository: string,
  content: Content,
  options: UploadOptions,
  begun: UploadSession,
): Promise<Uploaded> => new Upload(repository, content, options).run(begun);
