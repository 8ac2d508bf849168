/** `airlock init`: a first site.yaml and enclave.yaml. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { badInput, environmentFailed } from '../../core/errors.js';
import { parseEnclave } from '../../site/load-enclave.js';
import { parseSite } from '../../site/load-site.js';
import { starterFiles } from '../../site/starter-files.js';
import { print, printJson } from '../ui/output.mjs';

interface InitOptions {
  readonly dir: string;
  readonly name: string;
  readonly force: boolean;
  readonly json: boolean;
}

async function init({ dir, name, force, json }: InitOptions): Promise<void> {
  const files = starterFiles(name);
  parseEnclave(files['enclave.yaml'], 'enclave.yaml'); // a bad --name is refused before anything is written
  parseSite(files['site.yaml'], 'site.yaml');
  await mkdir(dir, { recursive: true });
  const written: string[] = [];
  for (const [file, text] of Object.entries(files) as [string, string][]) {
    const target = path.join(dir, file);
    try {
      await writeFile(target, text, { flag: force ? 'w' : 'wx' });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EEXIST')
        throw badInput(`${target} exists already`, 'pass --force to replace it, or --dir for another folder');
      throw environmentFailed(`cannot write ${target}: ${String(code)}`, 'check the permissions of the folder', error);
    }
    written.push(target);
  }
  if (json) {
    printJson({ written });
    return;
  }
  written.forEach((file) => print(`wrote ${file}`));
  const go = path.resolve(dir) === process.cwd() ? '' : `cd ${dir} && `;
  print(`\nnext: edit both files, then\n  ${go}airlock lock`);
}

export const command = (): Command =>
  new Command('init')
    .option('--dir <dir>', 'folder to write into', '.')
    .option('--name <name>', 'name of the site', 'nordlicht')
    .option('--force', 'replace files that exist', false)
    .option('--json', 'print the result as JSON', false)
    .action(init);
