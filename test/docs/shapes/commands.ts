/** What a command of a sample must look like where it is not run: by program. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { NAMESPACES } from '../../../catalog/platform/names';
import { ROOT } from '../page';
import manifest from '../../../package.json';

/**
 * @param named names in the programs of the same page
 * @returns why the words are wrong; undefined where they are right
 */
export type CommandShape = (words: readonly string[], named: ReadonlySet<string>) => string | undefined;

/** Stacks that a site may have; docs/deploy.md has them in their order, which a test of its own holds. */
const STACKS = ['platform', 'guardrails', 'accelerators', 'mirror', 'serving', 'traces', 'gateway'];

/** Namespaces are those of the plan, or of a program on the page: other ones are of the site, and no sample may count on them. */
const NAMES = new Set<string>(Object.values(NAMESPACES));

const namespaced: CommandShape = (words, named) => {
  const at = words.findIndex((word) => word === '-n' || word === '--namespace');
  const name = at === -1 ? undefined : words[at + 1];
  return name === undefined || NAMES.has(name) || named.has(name) ? undefined : `nothing makes a namespace ${name}`;
};

const subcommand =
  (...allowed: string[]): CommandShape =>
  (words) => {
    const found = words.slice(1).find((word) => !word.startsWith('-')) ?? '';
    return allowed.includes(found) ? undefined : `${words[0] ?? ''} ${found} is not known here`;
  };

const both =
  (...shapes: CommandShape[]): CommandShape =>
  (words, named) =>
    shapes.map((shape) => shape(words, named)).find((fault) => fault !== undefined);

const npm: CommandShape = ([, verb = '', name = '']) => {
  const script = verb === 'run' ? name : verb === 'test' ? 'test' : undefined;
  if (script !== undefined) return script in manifest.scripts ? undefined : `there is no npm script ${script}`;
  return ['ci', 'install', 'pack'].includes(verb) ? undefined : `npm ${verb} is not known here`;
};

const npx: CommandShape = ([, name = '']) =>
  existsSync(path.join(ROOT, 'node_modules/.bin', name)) ? undefined : `no package brings ${name}`;

const terraform: CommandShape = (words) => {
  const folder = words.find((word) => word.startsWith('-chdir='))?.slice('-chdir='.length);
  const stack = /^cdktf\.out\/stacks\/(.+)$/.exec(folder ?? '')?.[1] ?? '';
  return stack === '$stack' || STACKS.includes(stack) ? undefined : `${folder ?? 'no folder'} is no stack`;
};

/** The options of a token's program that the integration tier runs, as they stand on the page. */
const PKCS11 = [
  ...['module', 'token-label', 'login', 'pin', 'label', 'read-object', 'type', 'output-file'],
  ...['sign', 'mechanism', 'signature-format'],
];
const pkcs11: CommandShape = (words) => {
  const odd = words.find((word) => word.startsWith('-') && !PKCS11.includes(word.slice(2)));
  return odd === undefined ? undefined : `nothing here runs pkcs11-tool with ${odd}`;
};

/** The words of OpenSSF's model-signing that the integration tier runs, as they stand on the page. */
const MODEL_SIGNING = ['--signature', '--public_key'];
const modelSigning: CommandShape = (words) => {
  const odd = words.find((word) => word.startsWith('--') && !MODEL_SIGNING.includes(word));
  if (odd !== undefined) return `nothing here runs model_signing with ${odd}`;
  return words[1] === 'verify' && words[2] === 'key' ? undefined : 'nothing here runs model_signing so';
};

const node: CommandShape = ([, file = '']) => `nobody has said what node ${file} is`;

/** Tools of the system, of which a shell reads the line and no more is asked. */
const SYSTEM = '[ break cd cp continue curl done export for grep head mkdir openssl promtool sha256sum umask'.split(
  ' ',
);

/** By program. What is not here fails: say here what it must look like, or list the sample. */
export const COMMAND_SHAPES: ReadonlyMap<string, CommandShape> = new Map<string, CommandShape>([
  ['helm', both(subcommand('get', 'history', 'list', 'pull', 'rollback', 'template'), namespaced)],
  [
    'kubectl',
    both(
      subcommand(
        ...['apply', 'cordon', 'create', 'delete', 'describe', 'drain', 'exec', 'get', 'logs', 'port-forward'],
        ...['rollout', 'run', 'uncordon', 'wait', '-n', ...Object.values(NAMESPACES)],
      ),
      namespaced,
    ),
  ],
  ['model_signing', modelSigning],
  ['node', node],
  ['npm', npm],
  ['npx', npx],
  ['pkcs11-tool', pkcs11],
  ['terraform', both(terraform, subcommand('init', 'apply', 'plan'))],
  ...SYSTEM.map((name): [string, CommandShape] => [name, () => undefined]),
]);
