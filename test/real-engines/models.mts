/** Weights as engines find them in their pod: folders that belong to somebody else and may only be read. */
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { digestOf, hexOf } from '../../core/digest.js';
import { ANNOTATION_TITLE } from '../../core/media-types.js';
import type { ModelFile } from '../../engines/contract.js';
import type { LockModel } from '../../site/generated/lock.js';
import { ollamaStore } from '../../site/lock/ollama-store.js';
import { makeFolder } from '../harness/scratch.mjs';
import { type Content, tinyAdapter, tinyModel } from './tiny-model.js';

export interface Folder {
  readonly folder: string;
  /** Files of the model, as the lock lists them. */
  readonly files: readonly ModelFile[];
}

const filesOf = (content: Content): ModelFile[] =>
  Object.entries(content).map(([file, bytes]) => ({ path: file, size: bytes.length }));

async function write(name: string, content: Content): Promise<string> {
  const folder = await makeFolder(name);
  for (const [file, bytes] of Object.entries(content)) {
    const target = path.join(folder, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, bytes);
  }
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    await chmod(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  await chmod(folder, 0o755);
  return folder;
}

const folderOf = async (name: string, content: Content): Promise<Folder> => ({
  folder: await write(name, content),
  files: filesOf(content),
});

/** One GGUF file, `tiny-f32.gguf`, and a chat template, `chat.jinja`. */
export const ggufModel = (): Promise<Folder> => folderOf('model', tinyModel());

export const ggufAdapter = (): Promise<Folder> => folderOf('adapter', tinyAdapter());

/** The store that the kit derives for a serving, under the name that clients use. */
export async function ollamaFolder(servedName: string): Promise<Folder> {
  const content = tinyModel();
  const blobs = new Map(Object.values(content).map((bytes) => [hexOf(digestOf(bytes)), bytes]));
  const model: LockModel = {
    name: 'tiny',
    source: { repository: 'example/tiny', revision: '0'.repeat(40), include: [], exclude: [] },
    license: { expected: 'Apache-2.0', declared: 'Apache-2.0', files: [] },
    files: Object.entries(content).map(([file, bytes]) => ({
      path: file,
      size: bytes.length,
      sha256: hexOf(digestOf(bytes)),
      sha256From: 'hub',
      gitOid: '0'.repeat(40),
    })),
  };
  const { artifact, contents } = ollamaStore(model, { name: 'chat', servedName, model: model.name });
  for (const { descriptor, bytes } of contents) blobs.set(hexOf(descriptor.digest), bytes);
  const store = artifact.layers.map(({ digest, annotations }): [string, Buffer] => {
    const bytes = blobs.get(hexOf(digest));
    if (bytes === undefined) throw new Error(`the store names ${digest}, which nobody has`);
    return [annotations?.[ANNOTATION_TITLE] ?? '', bytes];
  });
  return { folder: await write('store', Object.fromEntries(store)), files: filesOf(content) };
}
