/** `airlock secrets`: what the plan names and does not hold is made here, out of band. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { Command } from 'commander';
import { plannedObjects } from '../../cluster/planned-objects.js';
import { createSecret, parseSecretName, secretStates } from '../../cluster/secrets/cluster-secrets.js';
import { neededSecrets } from '../../cluster/secrets/needed.js';
import { createdLine, secretsPage } from '../../cluster/secrets/text.js';
import { AirlockError, badInput, EXIT_CODES } from '../../core/errors.js';
import { errorCodeOf, systemCode } from '../../core/system-errors.js';
import { addKubectlOptions, kubectlOf, type KubectlCommandOptions } from '../ui/kubectl-options.mjs';
import { print, printJson } from '../ui/output.mjs';

/** Bytes of a generated value: 256 bits, written in base64url. */
const RANDOM_BYTES = 32;

interface ListOptions extends KubectlCommandOptions {
  readonly offline: boolean;
  readonly json: boolean;
}

async function list(plan: string, options: ListOptions): Promise<void> {
  const needed = neededSecrets((await plannedObjects(plan)).objects);
  const states = options.offline
    ? needed.map((secret) => ({ ...secret, state: 'not looked up' as const }))
    : await secretStates(kubectlOf(options), needed);
  const missing = states.filter(({ state }) => state === 'missing' || state === 'incomplete').length;
  if (missing > 0) process.exitCode = EXIT_CODES.check;
  if (options.json) printJson({ secrets: states });
  else print(secretsPage(states, missing));
}

interface CreateOptions extends KubectlCommandOptions {
  readonly fromFile?: readonly string[];
  readonly random?: readonly string[];
  readonly type: string;
  readonly replace: boolean;
}

async function readNamed(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new AirlockError(errorCodeOf(error), `cannot read ${file}: ${systemCode(error) ?? String(error)}`, {
      fix: 'name a file that can be read, or - for standard input',
      cause: error,
    });
  }
}

async function fileValue(text: string): Promise<[string, Buffer]> {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1)
    throw badInput('USAGE_INVALID_VALUE', `"${text}" names no key and file`, 'write --from-file <key>=<path>');
  const file = text.slice(at + 1);
  // `-` keeps a value out of files too.
  const bytes = file === '-' ? await buffer(process.stdin) : await readNamed(file);
  return [text.slice(0, at), bytes];
}

async function create(secret: string, options: CreateOptions): Promise<void> {
  const { fromFile = [], random = [], type, replace } = options;
  const { namespace, name } = parseSecretName(secret);
  const entries = [
    ...(await Promise.all(fromFile.map(fileValue))),
    ...random.map((key): [string, Buffer] => [key, Buffer.from(randomBytes(RANDOM_BYTES).toString('base64url'))]),
  ];
  const data = new Map(entries);
  if (data.size < entries.length)
    throw badInput('USAGE_CONFLICTING_OPTIONS', 'a key is given twice', 'give each key one value');
  const done = await createSecret(kubectlOf(options), { namespace, name, type, data, replace });
  print(createdLine(done, `${namespace}/${name}`, [...data.keys()].sort()));
}

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

export const command = (): Command =>
  new Command('secrets')
    .addCommand(
      addKubectlOptions(
        new Command('list')
          .description('what the plan needs, and whether the cluster has it; exit 1 when something is missing')
          .argument('[plan]', 'folder that `cdktf synth` wrote', 'cdktf.out'),
      )
        .option('--offline', 'only list; ask no cluster', false)
        .option('--json', 'print as JSON', false)
        .action(list),
    )
    .addCommand(
      addKubectlOptions(
        new Command('create')
          .description('make a Secret from files or at random; values never stand on the command line')
          .argument('<namespace/name>', 'as `secrets list` shows it'),
      )
        .option('--from-file <key=path>', 'value of a key; - reads standard input; may be repeated', collect)
        .option('--random <key>', 'a random value of 256 bits for a key; may be repeated', collect)
        .option('--type <type>', 'type of the Secret, e.g. kubernetes.io/tls', 'Opaque')
        .option('--replace', 'change one that is there already', false)
        .action(create),
    );
