#!/usr/bin/env -S npx tsx
/**
 * The near side on one page: lock → plan → bundle → seal → summary. Copy it into a pipeline and change it there: beside it
 * lie zx and tsx (`npm install zx@8.8.5 tsx@4`), and `--airlock` says how the commands of Airlock are called.
 *
 *   npx tsx offline-bundle.mts --key keys/release.key --public-key keys/release.pub [--sequence 2 --previous sha256:…] \
 *     [--site site.yaml] [--lock airlock.lock.json] [--out bundle] [--airlock "npx airlock"] [--update-lock]
 *
 * Without --update-lock the lock must fit the site already: it is reviewed like code before anything is fetched by it.
 * The passphrase of the key comes from AIRLOCK_KEY_PASSPHRASE, or --passphrase-file. Exit codes are those of the command that failed.
 */
import { parseArgs } from 'node:util';
import { $, echo, ProcessOutput } from 'zx';

// sh is everywhere, and needs no option of bash. zx itself quotes as bash alone understands (`$'…'`).
const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
Object.assign($, { shell: 'sh', prefix: '', postfix: '', quote, verbose: true, stdio: ['inherit', 'pipe', 'inherit'] });

/**
 * The words of a command, parted by blanks; a word in quotes may hold some, as in `node "/srv/my kit/airlock.mjs"`.
 *
 * @throws TypeError where a quote is not closed
 */
function wordsOf(command: string): string[] {
  const words = [...command.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) => word);
  const rest = command.replace(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g, '').trim();
  if (words.length === 0 || rest !== '')
    throw new TypeError(`--airlock ${command}: close each quote, and name a program`);
  return words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
}

const text = { type: 'string' } as const;

/** @throws TypeError for an option that is not there, and for words without one */
const optionsOf = (words: readonly string[]) =>
  parseArgs({
    args: [...words],
    options: {
      site: { ...text, default: 'site.yaml' },
      lock: { ...text, default: 'airlock.lock.json' },
      out: { ...text, default: 'bundle' },
      airlock: { ...text, default: 'npx airlock' },
      key: text,
      'public-key': text,
      'passphrase-file': text,
      sequence: text,
      previous: text,
      'update-lock': { type: 'boolean', default: false },
    },
  }).values;

async function main(options: ReturnType<typeof optionsOf>): Promise<void> {
  const { site, lock, out, key, 'public-key': publicKey } = options;
  if (key === undefined || publicKey === undefined)
    throw new TypeError('--key and --public-key are needed: a bundle that nobody sealed is taken by no far side');
  const airlock = wordsOf(options.airlock);
  const files = ['--site', site, '--lock', lock];
  /** A flag of the command, where this script was given one. */
  const passed = (...names: readonly ('passphrase-file' | 'sequence' | 'previous')[]): string[] =>
    names.flatMap((name) => (options[name] === undefined ? [] : [`--${name}`, options[name]]));
  if (options['update-lock']) await $`${airlock} lock ${files}`;
  await $`${airlock} lock ${files} --check`;
  await $`${airlock} bundle create ${files} --out ${out} --dry-run`;
  const sealed = ['--key', key, ...passed('passphrase-file', 'sequence', 'previous')];
  await $`${airlock} bundle create ${files} --out ${out} ${sealed}`;
  await $`${airlock} verify ${out} --trust ${publicKey}`;
  echo(`\nCarry ${out} across; airlock.mjs and the public key go by another path.`);
}

try {
  await main(optionsOf(process.argv.slice(2)));
} catch (error) {
  // What parseArgs refuses is misuse, too.
  if (error instanceof ProcessOutput) process.exitCode = error.exitCode ?? 1;
  else if (error instanceof TypeError) process.exitCode = 2;
  else throw error;
  if (error instanceof TypeError) echo(`error: ${error.message}`);
}
