/** `airlock node-config`: the files that make nodes register as wanted. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { DISTRIBUTIONS } from '../../catalog/distributions/index.js';
import { AirlockError, checkFailed } from '../../core/errors.js';
import { makeFolders } from '../../core/make-folders.js';
import { checkEnclave, loadEnclave } from '../../site/load-enclave.js';
import { loadSite } from '../../site/load-site.js';
import { checkLock, loadLock } from '../../site/lock/lock-file.js';
import { filesOf, located } from '../../site/reading/located.js';
import { together } from '../../site/reading/together.js';
import { nodeRegistrations, type PoolRegistration, selectRegistrations } from '../../site/node-registrations.js';
import { nodeFilesPage } from '../text/node-config.js';
import { print, printJson } from '../ui/output.mjs';

interface NodeConfigOptions {
  readonly site: string;
  readonly enclave: string;
  readonly lock: string;
  readonly pool?: string;
  readonly node?: string;
  readonly output?: string;
  readonly json: boolean;
}

/** Below a folder for each pool; paths of a node become relative to it. */
const targetOf = (output: string, pool: string, file: string): string =>
  path.join(output, pool, file.startsWith('/') ? file.slice(1) : file);

async function write(output: string, registrations: readonly PoolRegistration[]): Promise<void> {
  try {
    for (const { pool, files } of registrations) {
      for (const file of files) {
        const target = targetOf(output, pool, file.path);
        await makeFolders(path.dirname(target));
        await writeFile(target, file.content);
      }
    }
  } catch (error) {
    throw new AirlockError('OUTPUT_UNWRITABLE', `cannot write below ${output}: ${(error as Error).message}`, {
      fix: 'name a folder that can be written with --output',
      cause: error,
    });
  }
}

async function run({ pool, node, output, json, ...files }: NodeConfigOptions): Promise<void> {
  const { site, enclave, lock } = await together({
    site: [files.site, loadSite],
    enclave: [files.enclave, loadEnclave],
    lock: [files.lock, loadLock],
  });
  await located(filesOf(files), () => checkEnclave(enclave, site));
  const differences = checkLock(lock, site);
  if (differences.length > 0)
    throw checkFailed(
      'LOCK_OUT_OF_DATE',
      `the lock does not fit the site: ${differences[0] ?? ''}`,
      'run `airlock lock`',
    );
  const chosen = selectRegistrations(nodeRegistrations(site, enclave, lock), {
    ...(pool === undefined ? {} : { pool }),
    ...(node === undefined ? {} : { node }),
  });
  if (output !== undefined) await write(output, chosen);
  const { distribution } = site.cluster;
  const { howTo } = DISTRIBUTIONS[distribution];
  if (json) {
    printJson({ distribution, howTo, ...(output === undefined ? {} : { output }), pools: chosen });
    return;
  }
  const rows = chosen.flatMap((registration) =>
    registration.files.map(({ path: file, content }) => ({
      ...{ pool: registration.pool, nodes: registration.nodes },
      file: output === undefined ? file : targetOf(output, registration.pool, file),
      bytes: Buffer.byteLength(content),
    })),
  );
  print(nodeFilesPage(rows, { distribution, howTo, written: output !== undefined }));
}

export const command = (): Command =>
  new Command('node-config')
    .option('--site <file>', 'the site', 'site.yaml')
    .option('--enclave <file>', 'the enclave', 'enclave.yaml')
    .option('--lock <file>', 'the lock', 'airlock.lock.json')
    .option('--pool <name>', 'only this pool')
    .option('--node <name>', 'only this node')
    .option('--output <folder>', 'write the files there, below a folder for each pool')
    .option('--json', 'print files and contents as JSON', false)
    .action(run);
