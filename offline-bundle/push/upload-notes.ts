/** Where uploads that have begun go on: a small file, so that a push that was killed sends nothing twice. */
import { rm } from 'node:fs/promises';
import { reviewJson } from '../../core/canonical-json';
import type { Digest } from '../../core/digest';
import { badInput } from '../../core/errors';
import { readRegular } from '../../core/read-regular';
import { writeWhole } from '../../core/write-whole';
import { sameOrigin } from '../fetch/hosts';
import { isMissing, writeFailed } from '../store/disk';

const FORMAT = 1;
/** An address for each blob under way. Bytes. */
const LONGEST = 4 * 1024 * 1024;
/** What a registry puts into an address may open the upload to whoever reads it. */
const MODE = 0o600;

interface Notes {
  readonly format: typeof FORMAT;
  /** Address of the registry, with the folder in it. */
  readonly registry: string;
  /** Address of the upload by `<repository>@<digest>`. */
  readonly uploads: Readonly<Record<string, string>>;
}

/** Remembers uploads. */
export interface UploadNotes {
  find(repository: string, digest: Digest): URL | undefined;
  keep(repository: string, digest: Digest, location: URL): Promise<void>;
  drop(repository: string, digest: Digest): Promise<void>;
}

async function read(file: string, registry: string): Promise<Map<string, string>> {
  let notes: Partial<Notes> | null | undefined;
  try {
    notes = JSON.parse((await readRegular(file, { longest: LONGEST })).toString('utf8')) as Partial<Notes> | null;
  } catch (error) {
    if (isMissing(error)) return new Map();
  }
  if (notes?.format !== FORMAT || typeof notes.registry !== 'string')
    throw badInput(
      'OUTPUT_EXISTS',
      `${file} holds no notes of a push`,
      'name another file with --state, or remove this one',
    );
  if (notes.registry !== registry) return new Map();
  // A login goes to the registry alone, and so do blobs.
  const isThere = (location: unknown): boolean =>
    typeof location === 'string' && URL.canParse(location) && sameOrigin(new URL(location), new URL(registry));
  return new Map(Object.entries(notes.uploads ?? {}).filter(([, location]) => isThere(location)));
}

class NotesFile implements UploadNotes {
  private writing: Promise<void> = Promise.resolve();

  public constructor(
    private readonly file: string,
    private readonly registry: string,
    private readonly uploads: Map<string, string>,
  ) {}

  public find(repository: string, digest: Digest): URL | undefined {
    const location = this.uploads.get(`${repository}@${digest}`);
    return location === undefined ? undefined : new URL(location);
  }

  public keep(repository: string, digest: Digest, location: URL): Promise<void> {
    this.uploads.set(`${repository}@${digest}`, location.href);
    return this.write();
  }

  public async drop(repository: string, digest: Digest): Promise<void> {
    if (this.uploads.delete(`${repository}@${digest}`)) await this.write();
  }

  /** One after the other: the last one writes what all of them said. */
  private write(): Promise<void> {
    const next = this.writing
      .catch(() => undefined)
      .then(async () => {
        const notes: Notes = { format: FORMAT, registry: this.registry, uploads: Object.fromEntries(this.uploads) };
        if (this.uploads.size === 0) await rm(this.file, { force: true });
        else await writeWhole(this.file, Buffer.from(reviewJson(notes)), MODE);
      })
      .catch((error: unknown) => {
        throw writeFailed(this.file, error);
      });
    this.writing = next;
    return next;
  }
}

/**
 * Opens notes; those of another registry count as none.
 *
 * @param registry address of the registry, with the folder in it
 * @throws AirlockError (input) for a file of something else
 */
export const openNotes = async (file: string, registry: string): Promise<UploadNotes> =>
  new NotesFile(file, registry, await read(file, registry));
