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
import { $, echo, minimist, ProcessOutput, quote } from 'zx';

// sh is everywhere, and needs no option of bash.
Object.assign($, { shell: 'sh', prefix: '', postfix: '', quote, verbose: true, stdio: ['inherit', 'pipe', 'inherit'] });

const option = minimist(process.argv.slice(2), {
  string: ['site', 'lock', 'out', 'key', 'public-key', 'passphrase-file', 'sequence', 'previous', 'airlock'],
  boolean: ['update-lock'],
  default: { site: 'site.yaml', lock: 'airlock.lock.json', out: 'bundle', airlock: 'npx airlock' },
}) as unknown as Readonly<Record<string, string | undefined>> & { readonly 'update-lock': boolean };

/** A flag of the command, where this script was given one. */
const passed = (...names: readonly string[]): string[] =>
  names.flatMap((name) => (option[name] === undefined ? [] : [`--${name}`, option[name]]));

const airlock = (option['airlock'] ?? '').split(' ');
const files = passed('site', 'lock');

async function main(): Promise<void> {
  if (option['key'] === undefined || option['public-key'] === undefined) {
    echo('--key and --public-key are needed: a bundle that nobody sealed is taken by no far side');
    process.exitCode = 2;
    return;
  }
  if (option['update-lock']) await $`${airlock} lock ${files}`;
  await $`${airlock} lock ${files} --check`;
  const create = [...files, ...passed('out')];
  await $`${airlock} bundle create ${create} --dry-run`;
  await $`${airlock} bundle create ${create} ${passed('key', 'passphrase-file', 'sequence', 'previous')}`;
  await $`${airlock} verify ${option['out'] ?? ''} --trust ${option['public-key']}`;
  echo(`\nCarry ${option['out'] ?? ''} across; airlock.mjs and the public key go by another path.`);
}

await main().catch((error: unknown) => {
  if (!(error instanceof ProcessOutput)) throw error;
  process.exitCode = error.exitCode ?? 1;
});
