/** `airlock weights`: bring a model beside an engine, and vouch for every file. */
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { parseDigest } from '../../core/digest.js';
import { badInput } from '../../core/errors.js';
import { readAuthorities } from '../../offline-bundle/fetch/dispatcher.js';
import { fetchWeights } from '../../offline-bundle/weights/fetch.js';
import {
  type ContentReference,
  parseContentReference,
  parseMirrorUrl,
} from '../../offline-bundle/weights/content-source.js';
import { verifyWeights } from '../../offline-bundle/weights/verify.js';
import { kitVersion } from '../ui/kit-version.mjs';
import { formatBytes, print, printJson } from '../ui/output.mjs';
import { progressFor } from '../ui/progress.mjs';

interface FetchCommandOptions {
  readonly mirror: string;
  readonly model?: string;
  readonly file: readonly string[];
  readonly into: string;
  readonly ca?: string;
  readonly concurrency: number;
  readonly json: boolean;
}

/** One model, or files beside each other: a folder has one purpose. */
function contentsOf({ model, file }: Pick<FetchCommandOptions, 'model' | 'file'>): ContentReference[] {
  if ((model === undefined) === (file.length === 0))
    throw badInput('nothing to fetch, or both a model and files', 'name one --model, or one or more --file');
  return model === undefined
    ? file.map((text) => parseContentReference('file', text))
    : [parseContentReference('model', model)];
}

async function fetch(options: FetchCommandOptions, command: Command): Promise<void> {
  const { mirror, into, ca, concurrency, json } = options;
  const result = await fetchWeights({
    mirror: parseMirrorUrl(mirror),
    contents: contentsOf(options),
    into,
    authorities: readAuthorities(ca === undefined ? [] : [ca]),
    concurrency,
    progress: progressFor({ json }),
    version: kitVersion(command),
  });
  if (json) printJson({ into, ...result });
  else
    print(
      `${into}: ${result.files} files, ${formatBytes(result.bytes)}, each with its SHA-256; ${result.fetched} fetched`,
    );
}

interface VerifyCommandOptions {
  readonly manifest: string;
  readonly digest: string;
  readonly dir: string;
  readonly json: boolean;
}

async function verify({ manifest, digest, dir, json }: VerifyCommandOptions): Promise<void> {
  const expected = parseDigest(digest);
  const manifestBytes = await readFile(manifest).catch((error: unknown) => {
    const code = String((error as NodeJS.ErrnoException).code);
    throw badInput(`cannot read the manifest ${manifest}: ${code}`, 'name the file of the OCI manifest of the model');
  });
  const result = await verifyWeights({ manifestBytes, digest: expected, dir, progress: progressFor({ json }) });
  if (json) printJson({ dir, ...result });
  else print(`${dir}: ${result.files} files, ${formatBytes(result.bytes)}, each with its SHA-256; nothing else`);
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw badInput(`"${text}" files at once are not possible`, '--concurrency is 1 to 99');
  return Number(text);
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export const command = (): Command =>
  new Command('weights')
    .addCommand(
      new Command('fetch')
        .description('fetch a model or files from the mirror; the folder then holds exactly that')
        .requiredOption('--mirror <url>', 'address of the mirror')
        .option('--model <name@digest>', 'name of the model and digest of its manifest')
        .option(
          '--file <name@digest>',
          'name of a file of the site and digest of its manifest; may be repeated',
          collect,
          [],
        )
        .requiredOption('--into <dir>', 'folder for the model or the files and nothing else')
        .option('--ca <file>', 'authority that signed the certificate of the mirror, as PEM')
        .option('--concurrency <number>', 'files at once', wholeNumber, 4)
        .option('--json', 'print the result as JSON', false)
        .action(fetch),
    )
    .addCommand(
      new Command('verify')
        .description('check a folder against a manifest, offline')
        .requiredOption('--manifest <file>', 'OCI manifest of the model')
        .requiredOption('--digest <digest>', 'digest that the manifest must have')
        .requiredOption('--dir <dir>', 'folder of the model')
        .option('--json', 'print the result as JSON', false)
        .action(verify),
    );
