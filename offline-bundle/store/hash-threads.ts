/**
 * SHA-256 on other threads, of bytes that this one reads, writes or sends meanwhile: one thread hashes slower than a disk or a network
 * gives, and would do nothing else. The bytes lie in memory that the threads share, so that none are copied.
 */
import type { Hash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Digest, fromHex, newHash } from '../../core/digest';
import { internalFault } from '../../core/errors';

/** The digest of bytes that come piece by piece. */
export interface ByteHash {
  /** Resolves when the bytes may be changed. @param bytes in a {@link sharedBuffer} */
  update(bytes: Uint8Array): Promise<void>;
  /** Of all bytes so far; the last call. */
  digest(): Promise<Digest>;
  /** Forgets the bytes; the last call where no digest is wanted. */
  drop(): void;
}

/** More threads than this outrun any disk. */
const MAX_THREADS = 8;
/** What is shorter is hashed here: it takes less time than to start a thread. Bytes. */
const SMALL_BYTES = 4 * 1024 * 1024;

/** Memory that all threads see. Bytes. */
export const sharedBuffer = (length: number): Buffer => Buffer.from(new SharedArrayBuffer(length));

/** Takes pieces of many hashes; answers each in its turn, the last one of a hash with its digits. As text, so that it runs wherever this module was bundled to. */
const THREAD = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const hashes = new Map();
parentPort.on('message', ({ id, bytes, end }) => {
  const hash = hashes.get(id) ?? createHash('sha256');
  hashes.set(id, hash);
  if (bytes !== undefined) hash.update(bytes);
  if (end === true) hashes.delete(id);
  parentPort.postMessage(end === true ? hash.digest('hex') : '');
});`;

interface Piece {
  readonly id: number;
  readonly bytes?: Uint8Array;
  readonly end?: boolean;
}

interface Waiting {
  resolve(answer: string): void;
  reject(error: Error): void;
}

/** A thread keeps the process alive only while something waits for it. */
class HashThread {
  /** Hashes that are not finished. */
  public open = 0;
  private readonly waiting: Waiting[] = [];
  private failure: Error | undefined;
  private readonly worker = new Worker(THREAD, { eval: true, execArgv: [] });

  /** @param ended told when the thread ends, which it does only when it fails */
  public constructor(ended: () => void) {
    this.worker.unref();
    this.worker.on('message', (answer: string) => {
      this.waiting.shift()?.resolve(answer);
      if (this.waiting.length === 0) this.worker.unref();
    });
    const fail = (error: Error): void => {
      ended();
      this.failure = error;
      for (const one of this.waiting.splice(0)) one.reject(error);
    };
    this.worker.once('error', fail);
    this.worker.once('exit', () => fail(internalFault('a thread that hashes ended')));
  }

  public send(piece: Piece): Promise<string> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) this.worker.ref();
      this.waiting.push({ resolve, reject });
      this.worker.postMessage(piece);
    });
  }
}

const threads = new Set<HashThread>();

/** The thread with the least to do; a new one while all are busy and there is a core for it. */
function freeThread(): HashThread {
  const [best] = [...threads].sort((a, b) => a.open - b.open);
  if (best !== undefined && (best.open === 0 || threads.size >= Math.min(availableParallelism(), MAX_THREADS)))
    return best;
  const thread: HashThread = new HashThread(() => threads.delete(thread));
  threads.add(thread);
  return thread;
}

let hashes = 0;

class ThreadHash implements ByteHash {
  private readonly id = (hashes += 1);
  private readonly thread = freeThread();
  private isOpen = true;

  public constructor() {
    this.thread.open += 1;
  }

  public async update(bytes: Uint8Array): Promise<void> {
    if (!(bytes.buffer instanceof SharedArrayBuffer))
      throw internalFault('bytes to hash lie in memory that is not shared');
    await this.thread.send({ id: this.id, bytes });
  }

  public async digest(): Promise<Digest> {
    this.close();
    return fromHex(await this.thread.send({ id: this.id, end: true }));
  }

  public drop(): void {
    if (!this.isOpen) return;
    this.close();
    this.thread.send({ id: this.id, end: true }).catch(() => undefined);
  }

  private close(): void {
    this.isOpen = false;
    this.thread.open -= 1;
  }
}

class OwnHash implements ByteHash {
  private readonly hash: Hash = newHash();

  public update(bytes: Uint8Array): Promise<void> {
    this.hash.update(bytes);
    return Promise.resolve();
  }

  public digest(): Promise<Digest> {
    return Promise.resolve(fromHex(this.hash.digest('hex')));
  }

  public drop(): void {
    // Nothing is held anywhere else.
  }
}

/**
 * A hash for that many bytes: on a thread of its own for many of them, here for few, or where there is one core.
 *
 * @param size expected bytes
 */
export const hashOf = (size: number): ByteHash =>
  size < SMALL_BYTES || availableParallelism() === 1 ? new OwnHash() : new ThreadHash();
