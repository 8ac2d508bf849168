/** A Helm repository as Helm makes it: the kit's own envelope chart, packaged and indexed by helm. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256Hex } from '../../outside-world/bytes.js';
import { goProgram } from '../../harness/go.mjs';
import { ROOT } from '../../harness/paths.mjs';
import { mustRun } from '../../harness/processes.mjs';
import { GO_PROGRAMS } from '../install/versions.mjs';

export interface PackagedChart {
  readonly name: string;
  readonly version: string;
  /** Of the packaged chart. */
  readonly sha256: string;
  /** What the repository serves, by path. */
  readonly files: Readonly<Record<string, Buffer>>;
}

export async function packageChart(folder: string): Promise<PackagedChart> {
  const repository = path.join(folder, 'helm-repository');
  await mkdir(repository);
  const helm = goProgram(GO_PROGRAMS.helm);
  await mustRun(helm, ['package', path.join(ROOT, 'charts/envelope'), '--destination', repository]);
  await mustRun(helm, ['repo', 'index', repository]);
  const names = await readdir(repository);
  const packaged = names.find((name) => name.endsWith('.tgz')) ?? '';
  const [, name = '', version = ''] = /^(.+)-(\d+\.\d+\.\d+)\.tgz$/.exec(packaged) ?? [];
  const contents = await Promise.all(
    names.map(async (file) => [`/stable/${file}`, await readFile(path.join(repository, file))] as const),
  );
  const files = Object.fromEntries(contents);
  return { name, version, sha256: sha256Hex(files[`/stable/${packaged}`] ?? ''), files };
}
