/**
 * `npm run test:fork`: every example synthesized with CDKTF and with its fork is the same, but for the version stamp.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { examples, ROOT, SITE_FILES, type Example } from '../../tools/examples.js';
import { mustRun } from '../harness/processes.mjs';
import { Report } from '../harness/report.mjs';
import { makeFolder } from '../harness/scratch.mjs';
import { differences, type Files, filesBelow, isVersionStamp } from './differences.js';
import { FORK, forkedCheckout } from './install.mjs';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function synthesis(checkout: string, { folder }: Example): Promise<Files> {
  const outdir = path.join(await makeFolder('fork-out'), 'cdktf.out');
  await mustRun('npm', ['run', '--silent', 'synth'], {
    cwd: checkout,
    env: {
      AIRLOCK_SITE: path.join(folder, SITE_FILES.site),
      AIRLOCK_ENCLAVE: path.join(folder, SITE_FILES.enclave),
      AIRLOCK_LOCK: path.join(folder, SITE_FILES.lock),
      CDKTF_OUTDIR: outdir,
    },
  });
  return filesBelow(outdir);
}

const versionOf = (files: Files): string =>
  (JSON.parse(files.get('manifest.json')?.toString('utf8') ?? '{}') as { version?: string }).version ?? 'none';

/** @throws when anything but the version stamps differs, or when no stamp does: then the fork did not run */
function compare(original: Files, forked: Files): string {
  const found = differences(original, forked);
  const unexpected = found.filter((difference) => !isVersionStamp(difference));
  if (unexpected.length > 0) throw new Error(`the fork writes otherwise:\n${unexpected.join('\n')}`);
  if (versionOf(forked) !== FORK.version) throw new Error(`stamped ${versionOf(forked)}, so the fork did not run`);
  return `${String(original.size)} files equal but for ${String(found.length)} stamps ${versionOf(original)} → ${versionOf(forked)}`;
}

/** One byte of one value changed: what the comparison must find. */
function planted(files: Files): Files {
  const name = [...files.keys()].find((file) => file.endsWith('/serving/cdk.tf.json')) ?? '';
  const text = files.get(name)?.toString('utf8') ?? '';
  return new Map(files).set(name, Buffer.from(text.replace('airlock-serving', 'airlock-servinG')));
}

const report = new Report(print);
const suite = report.suite('fork');
const state: { checkout?: string } = {};
await suite.check(`cdktf is ${FORK.name} ${FORK.version} in a copy of the checkout`, async () => {
  state.checkout = await forkedCheckout();
  const text = await readFile(path.join(state.checkout, 'node_modules/cdktf/package.json'), 'utf8');
  const { name, version } = JSON.parse(text) as { name: string; version: string };
  if (name !== FORK.name || version !== FORK.version) throw new Error(`cdktf is ${name} ${version}`);
  return `${name} ${version}`;
});
for (const example of state.checkout === undefined ? [] : examples()) {
  const { checkout = '' } = state;
  const forked: { files?: Files } = {};
  await suite.check(`${example.name} is the same`, async () => {
    const original = await synthesis(ROOT, example);
    forked.files = await synthesis(checkout, example);
    return compare(original, forked.files);
  });
  const { files } = forked;
  if (files === undefined) continue;
  await suite.check(`${example.name} with a planted difference is not`, async () => {
    const found = differences(await synthesis(ROOT, example), planted(files)).filter((one) => !isVersionStamp(one));
    if (found.length !== 1) throw new Error(`found ${found.join(', ') || 'nothing'}`);
    return found[0] ?? '';
  });
}
print('version stamps: `version` in manifest.json, `//`.metadata.version in each cdk.tf.json');
print(report.summary());
if (report.count('FAIL') > 0) process.exitCode = 1;
