/** `airlock weights`: bring a model beside an engine, and vouch for every file. */
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { type Digest, parseDigest } from '../../core/digest.js';
import { AirlockError, badInput } from '../../core/errors.js';
import { errorCodeOf, systemCode } from '../../core/system-errors.js';
import { readAuthorities } from '../../offline-bundle/fetch/dispatcher.js';
import { readSmallFile } from '../../offline-bundle/bundle/small-file.js';
import { saveLock } from '../../offline-bundle/resolve/lock-on-disk.js';
import { deriveImages } from '../../offline-bundle/weights/derive-images.js';
import { loadLock } from '../../site/lock/lock-file.js';
import { fetchIntoCache } from '../../offline-bundle/weights/cache.js';
import { type FetchedWeights, fetchManifest, fetchWeights } from '../../offline-bundle/weights/fetch.js';
import {
  type ContentReference,
  parseContentReference,
  parseMirrorUrl,
} from '../../offline-bundle/weights/content-source.js';
import { derivedPage, fetchedPage, verifiedPage } from '../../offline-bundle/weights/text.js';
import { modelFiles } from '../../offline-bundle/weights/model-files.js';
import { judgeSignature } from '../../offline-bundle/weights/signature.js';
import { verifyWeights } from '../../offline-bundle/weights/verify.js';
import type { TrustedKey } from '../../offline-bundle/trust/keys.js';
import { readTrustedKeys } from '../../offline-bundle/verify/trusted-keys.js';
import { kitVersion } from '../ui/kit-version.mjs';
import { print, printJson } from '../ui/output.mjs';
import { progressFor } from '../ui/progress.mjs';

interface FetchCommandOptions {
  readonly mirror: string;
  readonly model?: string;
  readonly file: readonly string[];
  readonly ollama?: string;
  readonly into?: string;
  readonly cache?: string;
  readonly rehash: boolean;
  readonly ca?: string;
  readonly concurrency: number;
  readonly json: boolean;
}

/** One model, one Ollama store, or files beside each other: a folder has one purpose. */
function contentsOf({
  model,
  ollama,
  file,
}: Pick<FetchCommandOptions, 'model' | 'ollama' | 'file'>): ContentReference[] {
  const kinds = [
    ...(model === undefined ? [] : [[parseContentReference('model', model)]]),
    ...(ollama === undefined ? [] : [[parseContentReference('ollama', ollama)]]),
    ...(file.length === 0 ? [] : [file.map((text) => parseContentReference('file', text))]),
  ];
  const [contents, another] = kinds;
  if (contents !== undefined && another === undefined) return contents;
  throw badInput(
    'USAGE_CONFLICTING_OPTIONS',
    'nothing to fetch, or different things',
    'name one --model, one --ollama, or one or more --file',
  );
}

async function fetch(options: FetchCommandOptions, command: Command): Promise<void> {
  const { mirror, into, cache, rehash, ca, concurrency, json } = options;
  const contents = contentsOf(options);
  const shared = {
    mirror: parseMirrorUrl(mirror),
    authorities: readAuthorities(ca === undefined ? [] : [ca]),
    concurrency,
    progress: progressFor({ json }),
    version: kitVersion(command),
  };
  const [content, another] = contents;
  let result: FetchedWeights;
  if (cache === undefined) {
    if (into === undefined)
      throw badInput('USAGE_MISSING_OPTION', 'no folder is named', 'name --into, or --cache for a volume that stays');
    if (rehash)
      throw badInput(
        'USAGE_CONFLICTING_OPTIONS',
        '--rehash goes with --cache',
        'with --into everything is hashed anyway',
      );
    result = await fetchWeights({ ...shared, contents, into });
  } else {
    if (into !== undefined || content === undefined || another !== undefined)
      throw badInput(
        'USAGE_CONFLICTING_OPTIONS',
        '--cache holds one content, and takes the place of --into',
        'name one model or file',
      );
    result = await fetchIntoCache({ ...shared, content, cache, rehash });
  }
  const folder = into ?? cache ?? '';
  if (json) printJson({ into: folder, ...result });
  else print(fetchedPage(result, folder));
}

interface VerifyCommandOptions {
  readonly manifest?: string;
  readonly digest?: string;
  readonly mirror?: string;
  readonly model?: string;
  readonly ca?: string;
  readonly dir: string;
  readonly signature?: string;
  readonly trust?: string;
  readonly json: boolean;
}

interface ManifestToCheck {
  readonly manifestBytes: Buffer;
  readonly digest: Digest;
}

/** The manifest from a file, or from a mirror; either way its digest decides. */
async function manifestOf(options: VerifyCommandOptions, command: Command): Promise<ManifestToCheck> {
  const { manifest, digest, mirror, model, ca } = options;
  if (manifest !== undefined && digest !== undefined && mirror === undefined && model === undefined) {
    const manifestBytes = await readFile(manifest).catch((error: unknown) => {
      const why = systemCode(error) ?? String(error);
      throw new AirlockError(errorCodeOf(error), `cannot read the manifest ${manifest}: ${why}`, {
        fix: 'name the file of the OCI manifest of the model',
        cause: error,
      });
    });
    return { manifestBytes, digest: parseDigest(digest) };
  }
  if (mirror === undefined || model === undefined || manifest !== undefined || digest !== undefined)
    throw badInput(
      'USAGE_MISSING_OPTION',
      'no manifest is named',
      'name --manifest and --digest, or --mirror and --model',
    );
  const content = parseContentReference('model', model);
  const manifestBytes = await fetchManifest(content, {
    mirror: parseMirrorUrl(mirror),
    authorities: readAuthorities(ca === undefined ? [] : [ca]),
    version: kitVersion(command),
  });
  return { manifestBytes, digest: content.manifest };
}

/** What somebody signed, with the key that it is held against; undefined where nothing is named. */
async function signatureOf({ signature, trust }: VerifyCommandOptions): Promise<[Buffer, TrustedKey] | undefined> {
  if (signature === undefined && trust === undefined) return undefined;
  if (signature === undefined || trust === undefined)
    throw badInput(
      'USAGE_MISSING_OPTION',
      'a signature without its key, or a key without a signature',
      'name both, --signature and --trust',
    );
  const [key] = await readTrustedKeys([trust]);
  const bytes = await readSmallFile(signature);
  if (key !== undefined && bytes !== undefined) return [bytes, key];
  throw badInput('FILE_MISSING', `there is no file ${signature}`, 'name the file of the signature, e.g. model.sig');
}

async function verify(options: VerifyCommandOptions, command: Command): Promise<void> {
  const { dir, json } = options;
  const signature = await signatureOf(options);
  const manifest = await manifestOf(options, command);
  const result = await verifyWeights({ ...manifest, dir, progress: progressFor({ json }) });
  const files = signature === undefined ? [] : modelFiles(manifest.manifestBytes, manifest.digest);
  const signed = signature === undefined ? undefined : judgeSignature(...signature, files);
  if (json) printJson({ dir, ...result, ...(signed === undefined ? {} : { signature: signed }) });
  else print(verifiedPage(result, dir, signed));
}

interface DeriveCommandOptions {
  readonly lock: string;
  readonly from: string;
  readonly model: readonly string[];
  readonly json: boolean;
}

async function derive({ lock: file, from, model: wanted, json }: DeriveCommandOptions): Promise<void> {
  const lock = await loadLock(file);
  const unknown = wanted.find((name) => !lock.models.some((model) => model.name === name));
  if (unknown !== undefined)
    throw badInput('USAGE_UNKNOWN_NAME', `the lock has no model "${unknown}"`, 'name models of the lock');
  const derived = await deriveImages({
    lock,
    models: wanted.length === 0 ? lock.models.map(({ name }) => name) : wanted,
    from,
    progress: progressFor({ json }),
  });
  const changed = await saveLock(derived, file);
  const images = derived.derived.models.flatMap(({ name, image }) =>
    (image?.manifests ?? []).map(({ platform, digest }) => ({
      ...{ name, platform, digest },
      ...(image === undefined ? {} : { repository: image.repository }),
    })),
  );
  if (json) printJson({ lock: file, changed, images });
  else print(derivedPage(images, file, changed));
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d?$/.test(text))
    throw badInput('USAGE_INVALID_VALUE', `"${text}" files at once are not possible`, '--concurrency is 1 to 99');
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
        .option('--ollama <name@digest>', 'serving whose Ollama store to fetch, and digest of its manifest')
        .option(
          '--file <name@digest>',
          'name of a file of the site and digest of its manifest; may be repeated',
          collect,
          [],
        )
        .option('--into <dir>', 'folder for the model or the files and nothing else')
        .option('--cache <dir>', 'in place of --into: volume that stays, with the content under its digest')
        .option('--rehash', 'with --cache: hash also what has not changed since it was hashed', false)
        .option('--ca <file>', 'authority that signed the certificate of the mirror, as PEM')
        .option('--concurrency <number>', 'files at once', wholeNumber, 4)
        .option('--json', 'print the result as JSON', false)
        .action(fetch),
    )
    .addCommand(
      new Command('derive')
        .description('add to the lock the digests of models as images, which need every byte of the weights')
        .requiredOption('--lock <file>', 'lock to add them to')
        .requiredOption('--from <dir>', 'verified bundle, or store, that holds the weights')
        .option('--model <name>', 'a model of the lock; all of them by default; may be repeated', collect, [])
        .option('--json', 'print the result as JSON', false)
        .action(derive),
    )
    .addCommand(
      new Command('verify')
        .description('check a folder against a manifest, from a file or a mirror')
        .option('--manifest <file>', 'OCI manifest of the model')
        .option('--digest <digest>', 'digest that the manifest must have')
        .option('--mirror <url>', 'address of a mirror that has the manifest')
        .option('--model <name@digest>', 'name of the model and digest of its manifest')
        .option('--ca <file>', 'authority that signed the certificate of the mirror, as PEM')
        .requiredOption('--dir <dir>', 'folder of the model')
        .option('--signature <file>', 'OMS v1.0 signature of the model, as model-signing writes it; needs --trust')
        .option('--trust <file>', 'public key of whoever made that signature')
        .option('--json', 'print the result as JSON', false)
        .action(verify),
    );
