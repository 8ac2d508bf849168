/** `airlock traces`: the records of one person in the trace store, and backup and restore of the store. */
import { access, readFile, rename, rm } from 'node:fs/promises';
import { Command } from 'commander';
import { AirlockError, badInput, environmentFailed, EXIT_CODES } from '../../core/errors.js';
import { runProgram } from '../../core/programs.js';
import { linesOf } from '../../core/visible.js';
import { backupCommand, type DatabaseCommand, restoreCommand } from '../../telemetry/traces/backup.js';
import { deleteTraces, findPerson } from '../../telemetry/traces/person.js';
import { backupLine, deletedPage, foundPage, restoredLine } from '../../telemetry/traces/text.js';
import { PhoenixApi } from '../../telemetry/traces/phoenix-api.js';
import { print, printJson } from '../ui/output.mjs';

const KEY_VARIABLE = 'AIRLOCK_TRACES_KEY';
const DATABASE_VARIABLE = 'AIRLOCK_TRACES_DATABASE_URL';

interface StoreOptions {
  readonly url: string;
  readonly keyFile?: string;
  readonly person: string;
  readonly json: boolean;
}

interface DatabaseOptions {
  readonly databaseUrlFile?: string;
}

/** A secret never comes as an argument, which other users of the machine could read. */
async function secret(variable: string, option: string, file?: string): Promise<string> {
  const value = file === undefined ? process.env[variable] : (await readFile(file, 'utf8')).trim();
  if (value !== undefined && value !== '') return value;
  throw badInput('USAGE_MISSING_OPTION', `${variable} is not set`, `set it, or name a file with ${option}`);
}

const storeOf = async ({ url, keyFile }: StoreOptions): Promise<PhoenixApi> =>
  new PhoenixApi({ url, key: await secret(KEY_VARIABLE, '--key-file', keyFile) });

async function find(options: StoreOptions): Promise<void> {
  const records = await findPerson(await storeOf(options), options.person);
  if (options.json) printJson(records);
  else print(foundPage(records));
}

async function remove(options: StoreOptions & { readonly yes: boolean }): Promise<void> {
  const store = await storeOf(options);
  const records = await findPerson(store, options.person);
  const deleted = options.yes ? await deleteTraces(store, records.traces) : 0;
  const left = options.yes ? await findPerson(store, options.person) : records;
  // Copies are left to people, and so is what came in meanwhile: the person's records are not gone yet.
  if (options.yes && left.traces.length + left.datasets.length > 0) process.exitCode = EXIT_CODES.check;
  if (options.json)
    printJson({ found: records.traces.length, deleted, left: left.traces.length, datasets: left.datasets });
  else print(deletedPage(left, options.yes ? deleted : undefined));
}

async function runClient({ program, args, env }: DatabaseCommand): Promise<void> {
  const ran = await runProgram(program, args, { sees: ['PG*'], env }).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === 'ENOENT'
      ? badInput('PROGRAM_MISSING', `there is no ${program}`, 'install the PostgreSQL client')
      : environmentFailed('PROGRAM_UNUSABLE', `${program} cannot be run: ${message}`, undefined, error);
  });
  if (ran.code !== 0)
    throw new AirlockError('DATABASE_CLIENT_FAILED', `${program} failed:`, { items: linesOf(ran.stderr.trim()) });
}

async function backup({ output, databaseUrlFile }: DatabaseOptions & { readonly output: string }): Promise<void> {
  const url = await secret(DATABASE_VARIABLE, '--database-url-file', databaseUrlFile);
  const there = await access(output).then(
    () => true,
    () => false,
  );
  if (there) throw badInput('OUTPUT_EXISTS', `${output} exists`, 'name another file; a backup overwrites none');
  // A backup that broke off must not look like one.
  const partial = `${output}.partial`;
  await runClient(backupCommand(url, partial)).catch(async (error: unknown) => {
    await rm(partial, { force: true });
    throw error;
  });
  await rename(partial, output);
  print(backupLine(output));
}

async function restore(file: string, { databaseUrlFile }: DatabaseOptions): Promise<void> {
  await access(file).catch(() => {
    throw badInput('FILE_MISSING', `there is no file ${file}`, 'name a file that `airlock traces backup` wrote');
  });
  await runClient(restoreCommand(await secret(DATABASE_VARIABLE, '--database-url-file', databaseUrlFile), file));
  print(restoredLine(file));
}

const aboutPerson = (name: string, summary: string): Command =>
  new Command(name)
    .description(summary)
    .requiredOption('--url <url>', 'address of the trace store, e.g. http://127.0.0.1:6006')
    .requiredOption('--person <id>', 'identifier of the person, as the identity provider gave it to the gateway')
    .option('--key-file <file>', `file with an administrator's API key; else ${KEY_VARIABLE}`)
    .option('--json', 'print the result as JSON', false);

const aboutDatabase = (command: Command): Command =>
  command.option('--database-url-file <file>', `file with the database's address; else ${DATABASE_VARIABLE}`);

export const command = (): Command =>
  new Command('traces')
    .addCommand(aboutPerson('find', 'traces of a person, and datasets with copies').action(find))
    .addCommand(
      aboutPerson('delete', 'delete the traces of a person')
        .option('--yes', 'delete; without it nothing changes', false)
        .addHelpText(
          'after',
          '\nExit code 1: something of the person is left. Backups keep what they hold until\nthey are rotated.',
        )
        .action(remove),
    )
    .addCommand(
      aboutDatabase(new Command('backup').description("write the store's database to a file"))
        .requiredOption('--output <file>', 'file to write')
        .action(backup),
    )
    .addCommand(
      aboutDatabase(new Command('restore').description('fill an empty database from such a file'))
        .argument('<file>', 'file that backup wrote')
        .action(restore),
    );
