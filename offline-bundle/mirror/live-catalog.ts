/** The catalog of a store as it is now: an import that ends while the mirror runs is served from the next request on. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '../../core/digest';
import { AirlockError } from '../../core/errors';
import { type Line, visible } from '../../core/visible';
import type { LockModelImage } from '../../site/generated/lock';
import { derivedImages } from '../store/derived-images';
import { recordName, type RootRecord } from '../store/root-record';
import type { Store } from '../store/store';
import { type Catalog, mergeCatalog } from './catalog';
import { CommitMeanings, committedFiles } from './commit-meanings';
import { type RootContents, readRoot } from './root-contents';

/** Pause between two attempts at what cannot be served. Milliseconds. */
const RETRY_MS = 1000;

/** What is wrong, and what mends it. */
function adviceOf(error: unknown): string {
  if (error instanceof AirlockError && error.fix !== undefined) return `${error.message}; ${error.fix}`;
  return error instanceof Error ? error.message : String(error);
}

const keyOf = ({ repository, digest }: RootRecord): string => `${repository}@${digest}`;

export class LiveCatalog {
  /** Roots are immutable, so each is read once. */
  private readonly read = new Map<string, RootContents>();
  private seen = '';
  private seenDerived = '';
  private latest: Promise<Catalog> | undefined;

  private hasProblems = false;
  private loadedAt = 0;
  private noted = '';

  /** @param note told about every root that cannot be served */
  public constructor(
    private readonly store: Store,
    private readonly note: (line: Line) => void,
  ) {}

  /** The catalog for a request. What cannot be served now is tried again: somebody may have mended it meanwhile. */
  public async current(): Promise<Catalog> {
    const times = await this.times('roots');
    const derived = JSON.stringify([...(await this.times('derived'))]);
    const state = JSON.stringify([...times, derived]);
    const isDue = this.hasProblems && Date.now() - this.loadedAt > RETRY_MS;
    if (this.latest === undefined || state !== this.seen || isDue) {
      this.seen = state;
      if (derived !== this.seenDerived) this.read.clear();
      this.seenDerived = derived;
      this.loadedAt = Date.now();
      this.latest = this.load(times);
      // The next request tries again; whoever waits for this one is told.
      this.latest.catch(() => (this.latest = undefined));
    }
    return this.latest;
  }

  /** When each record was written, nanoseconds since the epoch as text, by file name. */
  private async times(folder: 'roots' | 'derived'): Promise<Map<string, string>> {
    const dir = path.join(this.store.dir, folder);
    const times = new Map<string, string>();
    for (const name of (await readdir(dir).catch((): string[] => [])).sort()) {
      const found = await stat(path.join(dir, name), { bigint: true }).catch(() => undefined);
      if (found !== undefined) times.set(name, String(found.mtimeNs).padStart(20, '0'));
    }
    return times;
  }

  private async load(times: ReadonlyMap<string, string>): Promise<Catalog> {
    const age = ({ digest }: RootRecord): string => `${times.get(recordName(digest)) ?? ''} ${digest}`;
    const survey = await this.store.survey();
    const records = [...survey.records].sort((a, b) => (age(a) < age(b) ? -1 : 1));
    const derived = await derivedImages(this.store.dir);
    const roots: RootContents[] = [];
    const meanings = new CommitMeanings();
    const problems = [...survey.problems].map(([name, error]) => `roots/${name} is not served: ${adviceOf(error)}`);
    for (const record of records) {
      try {
        const contents = await this.contentsOf(record, derived);
        meanings.take(committedFiles(contents.models));
        roots.push(contents);
      } catch (error) {
        problems.push(`${record.kind} ${record.digest} is not served: ${adviceOf(error)}`);
      }
    }
    const served = new Set(records.map(keyOf));
    for (const key of this.read.keys()) if (!served.has(key)) this.read.delete(key);
    this.hasProblems = problems.length > 0;
    if (problems.join('\n') !== this.noted) problems.forEach((problem) => this.note(visible(problem)));
    this.noted = problems.join('\n');
    return mergeCatalog(roots, problems);
  }

  private async contentsOf(record: RootRecord, derived: ReadonlyMap<Digest, LockModelImage>): Promise<RootContents> {
    const key = keyOf(record);
    const known = this.read.get(key);
    if (known !== undefined) return known;
    const contents = await readRoot(this.store, record, derived);
    this.read.set(key, contents);
    return contents;
  }
}
