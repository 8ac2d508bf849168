/** `airlock init`: a first site.yaml and enclave.yaml. */
import { access, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { quote } from 'shell-quote';
import { badInput, environmentFailed } from '../../core/errors.js';
import { makeFolders } from '../../core/make-folders.js';
import { parseSite } from '../../site/load-site.js';
import { starterEnclave, starterFiles } from '../../site/starter-files.js';
import { writtenPage } from '../text/init.js';
import { print, printJson } from '../ui/output.mjs';
import { typedProgram } from '../ui/typed-program.js';

interface InitOptions {
  readonly dir: string;
  readonly name?: string;
  readonly force: boolean;
  readonly json: boolean;
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/**
 * Both files; where a site is there already and no enclave, as on the far side, the enclave of that site alone.
 *
 * @throws AirlockError (input) for a site that is none, or has another name
 */
async function filesFor({ dir, name, force }: InitOptions): Promise<Readonly<Record<string, string>>> {
  const [siteFile, enclaveFile] = [path.join(dir, 'site.yaml'), path.join(dir, 'enclave.yaml')];
  if (!force && (await isThere(siteFile)) && !(await isThere(enclaveFile))) {
    const site = parseSite(await readFile(siteFile, 'utf8'), siteFile);
    if (name !== undefined && name !== site.name)
      throw badInput(
        'SITE_MISMATCH',
        `${siteFile} is of site "${site.name}", not "${name}"`,
        'leave out --name, or pass --dir',
      );
    return { 'enclave.yaml': starterEnclave(site) };
  }
  return { ...starterFiles(name ?? 'nordlicht') };
}

async function init(options: InitOptions): Promise<void> {
  const { dir, force, json } = options;
  const files = await filesFor(options);
  await makeFolders(dir);
  const written: string[] = [];
  for (const [file, text] of Object.entries(files)) {
    const target = path.join(dir, file);
    try {
      await writeFile(target, text, { flag: force ? 'w' : 'wx' });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EEXIST')
        throw badInput(
          'OUTPUT_EXISTS',
          `${target} exists already`,
          'pass --force to replace it, or --dir for another folder',
        );
      throw environmentFailed(
        'OUTPUT_UNWRITABLE',
        `cannot write ${target}: ${String(code)}`,
        'check the permissions of the folder',
        error,
      );
    }
    written.push(target);
  }
  if (json) {
    printJson({ written });
    return;
  }
  const steps = 'site.yaml' in files ? ['lock', 'synth', 'audit'] : ['synth', 'audit'];
  const program = typedProgram(path.resolve(dir));
  const go = path.resolve(dir) === process.cwd() ? [] : [`cd ${quote([dir])}`];
  print(writtenPage(written, [...go, ...steps.map((step) => `${program} ${step}`)]));
}

export const command = (): Command =>
  new Command('init')
    .option('--dir <dir>', 'folder to write into', '.')
    .option('--name <name>', 'name of the site (default: "nordlicht")')
    .option('--force', 'replace files that exist', false)
    .option('--json', 'print the result as JSON', false)
    .action(init);
