/** Provider packages in a folder, as `terraform providers mirror` writes them ("Provider Installation", filesystem_mirror). */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { badInput, environmentFailed } from '../../core/errors';
import type { OpenSource } from '../fetch/source-reader';
import { packageFilename, type ProviderPackageName, parseProviderSource } from './provider-address';

export class ProviderMirror {
  public constructor(public readonly directory: string) {}

  /**
   * Path of the packed zip of one package.
   *
   * @throws AirlockError (input) when it is not there, or only unpacked: an unpacked folder has no zip hash
   */
  public async find(wanted: ProviderPackageName): Promise<{ readonly file: string; readonly filename: string }> {
    const { host, namespace, type } = parseProviderSource(wanted.source);
    const filename = packageFilename(wanted);
    const folder = path.join(this.directory, host, namespace, type);
    const file = path.join(folder, filename);
    if (await isOf(file, 'isFile')) return { file, filename };
    const unpacked = path.join(folder, wanted.version, wanted.platform.replace('/', '_'));
    if (await isOf(unpacked, 'isDirectory')) {
      throw badInput(
        'UPSTREAM_NOT_FOUND',
        `${unpacked} is an unpacked provider; its zip, whose hash Terraform checks, cannot be told from it`,
        `put the packed form beside it, ${file}: \`terraform providers mirror\` writes it`,
      );
    }
    const there = (await list(folder)).filter((name) => name.endsWith('.zip'));
    throw badInput(
      'UPSTREAM_NOT_FOUND',
      `the provider mirror has no ${path.join(host, namespace, type, filename)}`,
      there.length > 0
        ? `packages there: ${there.sort().join(', ')}`
        : `fill ${this.directory} with \`terraform providers mirror -platform=${wanted.platform.replace('/', '_')}\``,
    );
  }

  /** Opens a package at an offset. The caller must hash what it reads. */
  public async open(wanted: ProviderPackageName, offset: number, signal?: AbortSignal): Promise<OpenSource> {
    const { file } = await this.find(wanted);
    return {
      body: createReadStream(file, { start: offset, ...(signal === undefined ? {} : { signal }) }),
      start: offset,
    };
  }
}

async function isOf(file: string, kind: 'isFile' | 'isDirectory'): Promise<boolean> {
  try {
    return (await stat(file))[kind]();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw environmentFailed(
      'FILE_UNREADABLE',
      `cannot read ${file}: ${String(code)}`,
      'check the permissions of the provider mirror',
      error,
    );
  }
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
