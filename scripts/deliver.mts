#!/usr/bin/env -S npx tsx
/**
 * The far side on one page: verify → import → site and lock out of the bundle → synth → audit. Copy it into a pipeline and change it
 * there: beside it lie zx and tsx (`npm install zx@8.8.5 tsx@4`), and `airlock.mjs`. What it leaves is a plan that passed its audit; who
 * applies it is another decision (docs/deploy.md).
 *
 *   npx tsx deliver.mts --bundle /media/bundle --trust release.pub [--trust second.pub --threshold 2] --enclave enclave.yaml \
 *     [--store /srv/airlock/store] [--out site] [--waivers waivers.yaml] [--airlock "node airlock.mjs"]
 *
 * Exit codes are those of the command that failed: 1 the check says no, 2 misuse, 3 the machine.
 */
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { $, echo, minimist, ProcessOutput, quote } from 'zx';

// sh is everywhere, and needs no option of bash.
Object.assign($, { shell: 'sh', prefix: '', postfix: '', quote, verbose: true, stdio: ['inherit', 'pipe', 'inherit'] });

const option = minimist(process.argv.slice(2), {
  string: ['bundle', 'trust', 'threshold', 'enclave', 'store', 'out', 'waivers', 'airlock'],
  default: { enclave: 'enclave.yaml', store: 'store', out: 'site', airlock: 'node airlock.mjs' },
}) as unknown as Readonly<Record<string, string | undefined>> & { readonly trust?: string | readonly string[] };

const airlock = (option['airlock'] ?? '').split(' ');
const keys = [option.trust ?? []].flat();
const trust = [
  ...keys.flatMap((key) => ['--trust', key]),
  ...(option['threshold'] === undefined ? [] : ['--threshold', option['threshold']]),
];

async function main(): Promise<void> {
  const { bundle, store = '', out = '', enclave = '', waivers } = option;
  if (bundle === undefined || keys.length === 0) {
    echo('--bundle and --trust are needed; the key comes by another path than the bundle');
    process.exitCode = 2;
    return;
  }
  await $`${airlock} verify ${bundle} ${trust}`;
  await $`${airlock} import ${bundle} --store ${store} ${trust}`;
  await $`${airlock} bundle extract-record ${bundle} ${trust} --out ${out}`;
  const site = (name: string): string => path.join(out, name);
  await cp(enclave, site('enclave.yaml'));
  const files = ['--site', site('site.yaml'), '--enclave', site('enclave.yaml'), '--lock', site('airlock.lock.json')];
  await $`${airlock} synth ${files} --out ${site('cdktf.out')}`;
  await $`${airlock} audit ${site('cdktf.out')} ${files} ${waivers === undefined ? [] : ['--waivers', waivers]}`;
  echo(`\n${site('cdktf.out')} passed its audit. Serve the store with: ${airlock.join(' ')} mirror --store ${store}`);
}

await main().catch((error: unknown) => {
  if (!(error instanceof ProcessOutput)) throw error;
  process.exitCode = error.exitCode ?? 1;
});
