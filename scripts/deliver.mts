#!/usr/bin/env -S npx tsx
/**
 * The far side on one page: verify → import → site and lock out of the bundle → synth → audit. Copy it into a pipeline and change it
 * there: beside it lie zx and tsx (`npm install zx@8.8.5 tsx@4`), and `airlock.mjs`. What it leaves is a plan that passed its audit; who
 * applies it is another decision (docs/deploy.md).
 *
 *   npx tsx deliver.mts --bundle /media/bundle --trust release.pub [--trust second.pub --threshold 2] --enclave enclave.yaml \
 *     [--store /srv/airlock/store] [--out site] [--waivers waivers.yaml] [--airlock "node airlock.mjs"]
 *
 * Run it again after whatever went wrong: what is there already is kept, where it is of the same bundle.
 *
 * Exit codes are those of the command that failed: 1 the check says no, 2 misuse, 3 the machine.
 */
import { access, cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
      enclave: { ...text, default: 'enclave.yaml' },
      store: { ...text, default: 'store' },
      out: { ...text, default: 'site' },
      airlock: { ...text, default: 'node airlock.mjs' },
      bundle: text,
      trust: { ...text, multiple: true, default: [] },
      threshold: text,
      waivers: text,
    },
  }).values;

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/**
 * Site and lock of the bundle. What an earlier run took out stays, where it is the same: so a run that broke off goes on.
 *
 * @throws TypeError where the folder holds those of another bundle
 */
async function extractRecord(extract: (to: string) => Promise<unknown>, out: string): Promise<void> {
  if (!(await isThere(out))) {
    await extract(out);
    return;
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'airlock-deliver-'));
  try {
    const record = path.join(folder, 'record');
    await extract(record);
    for (const name of await readdir(record)) {
      const [from, to] = [path.join(record, name), path.join(out, name)];
      if (!(await isThere(to))) await cp(from, to);
      else if (!(await readFile(from)).equals(await readFile(to)))
        throw new TypeError(
          `${to} is not that of this bundle: name another folder with --out, or move ${out} away and run this again`,
        );
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function main(options: ReturnType<typeof optionsOf>): Promise<void> {
  const { bundle, store, out, enclave, waivers, threshold } = options;
  if (bundle === undefined || options.trust.length === 0)
    throw new TypeError('--bundle and --trust are needed; the key comes by another path than the bundle');
  for (const file of [enclave, ...(waivers === undefined ? [] : [waivers])])
    await access(file).catch(() => {
      throw new TypeError(`there is no file ${file}`);
    });
  const airlock = wordsOf(options.airlock);
  const trust = [
    ...options.trust.flatMap((key) => ['--trust', key]),
    ...(threshold === undefined ? [] : ['--threshold', threshold]),
  ];
  await $`${airlock} verify ${bundle} ${trust}`;
  await $`${airlock} import ${bundle} --store ${store} ${trust}`;
  await extractRecord((to) => $`${airlock} bundle extract-record ${bundle} ${trust} --out ${to}`, out);
  const site = (name: string): string => path.join(out, name);
  await cp(enclave, site('enclave.yaml'));
  const files = ['--site', site('site.yaml'), '--enclave', site('enclave.yaml'), '--lock', site('airlock.lock.json')];
  await $`${airlock} synth ${files} --out ${site('cdktf.out')}`;
  await $`${airlock} audit ${site('cdktf.out')} ${files} ${waivers === undefined ? [] : ['--waivers', waivers]}`;
  echo(`\n${site('cdktf.out')} passed its audit. Serve the store with: ${airlock.join(' ')} mirror --store ${store}`);
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
