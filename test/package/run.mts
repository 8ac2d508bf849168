/** `npm run test:package`: the tarball is whole and declared, and projects of five kinds get from it the plans of the checkout. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { entriesOf, type Manifest, readManifest } from '../../tools/package/manifest.js';
import { installNode, nodeProgram, NODES } from '../far-side/nodes.mjs';
import { differences, type Files, filesBelow } from '../fork/differences.js';
import { ROOT } from '../harness/paths.mjs';
import { mustRun, type Ran } from '../harness/processes.mjs';
import { type Suite } from '../harness/report.mjs';
import { makeFolder } from '../harness/scratch.mjs';
import { runSuites } from '../harness/tier.mjs';
import { type Consumer, consumers, install } from './consumers.mjs';
import { checkByHand, checkSbom, checkSecondSigner, makeRelease, type Release } from './release.mjs';
import { checkApi, checkContents, checkDependencies, judged, readTarball, type Tarball } from './tarball.mjs';

const SITE = path.join(ROOT, 'examples/edge-cpu');
/** Every entry was loaded, the site passed its audit, and the kit's error was caught as its class. */
const SAID = /^\{"gate":"pass","refusal":"input","digest":"sha256:[0-9a-f]{64}","known":\[true,true,true,true\]\}$/m;

/** What the same program writes in the checkout, from the sources. */
async function expectedPlans(): Promise<Files> {
  const outdir = await makeFolder('package-expected');
  const program = 'test/package/programs/program.ts';
  demandSaid(await mustRun(process.execPath, ['--import', 'tsx', program, SITE, outdir], { cwd: ROOT }));
  return filesBelow(outdir);
}

function demandSaid({ stdout }: Ran): void {
  if (!SAID.test(stdout)) throw new Error(`the program said ${stdout}`);
}

/** Runs a consumer's program. @throws Error where a byte of its plans differs */
async function comparePlans(
  folder: string,
  [program = '', ...args]: readonly string[],
  expected: Files,
): Promise<string> {
  const outdir = await makeFolder('package-plans');
  demandSaid(await mustRun(program, [...args, SITE, outdir], { cwd: folder }));
  const found = filesBelow(outdir);
  const unequal = differences(expected, found);
  if (unequal.length > 0) throw new Error(`differs from the checkout: ${unequal.join(', ')}`);
  return `${String(found.size)} files equal`;
}

async function checkRelease(suite: Suite, manifest: Manifest): Promise<Tarball | undefined> {
  const made: { release?: Release } = {};
  await suite.check('is made and signed', async () => {
    made.release = await makeRelease();
    return (await readdir(made.release.folder)).sort().join(', ');
  });
  const { release } = made;
  if (release === undefined) return undefined;
  await suite.check('sha256sum and openssl accept it, and nothing altered', () => checkByHand(release));
  await suite.check('its bill of materials is CycloneDX 1.6, and whole', () => checkSbom(release, manifest));
  await suite.check('another checkout, umask, clock and Node make the same bytes', () => checkSecondSigner(release));
  await suite.check('openssl still accepts one signature by the first key', () => checkByHand(release));
  return readTarball(path.join(release.folder, `${manifest.name}-${manifest.version}.tgz`));
}

async function checkTarball(suite: Suite, tarball: Tarball, manifest: Manifest): Promise<void> {
  await suite.check('holds what is needed, nothing else', () => Promise.resolve(checkContents(tarball, manifest)));
  await suite.check('imports what it declares', () => Promise.resolve(checkDependencies(manifest)));
  await suite.check('publint has no complaint', () => judged('publint', tarball));
  await suite.check('every entry resolves in node10, node16 and bundler', () => judged('attw', tarball));
  await suite.check('no export changed unannounced', checkApi);
}

/** The program that the package brings, without the checkout's loader. */
async function checkProgram(folder: string, expected: Files, { version }: Manifest): Promise<string> {
  const program = path.join(folder, 'node_modules/.bin/airlock');
  const outdir = path.join(await makeFolder('package-cli'), 'cdktf.out');
  const said = (await mustRun(program, ['--version'], { cwd: folder })).stdout.trim();
  if (said !== version) throw new Error(`airlock --version says ${said}`);
  await mustRun(program, ['synth'], { cwd: SITE, env: { CDKTF_OUTDIR: outdir } });
  const site = new Map(
    [...expected].filter(([name]) => name.startsWith('site/')).map(([name, bytes]) => [name.slice(5), bytes]),
  );
  const unequal = differences(site, filesBelow(outdir));
  if (unequal.length > 0) throw new Error(`differs from the checkout: ${unequal.join(', ')}`);
  return `${said}, ${String(site.size)} files equal`;
}

async function checkNodes(suite: Suite, folder: string, expected: Files, manifest: Manifest): Promise<void> {
  for (const version of NODES.taken)
    await suite.check(`Node ${version} finds every name, and writes the plans`, async () => {
      await installNode(version);
      const node = nodeProgram(version);
      const { stdout } = await mustRun(node, ['names.mjs', ...entriesOf(manifest)], { cwd: folder });
      const { count, missing } = JSON.parse(stdout) as { count: number; missing: readonly string[] };
      if (missing.length > 0 || count < 50) throw new Error(`${String(count)} names; missing: ${missing.join(', ')}`);
      return `${String(count)} names, ${await comparePlans(folder, [node, 'main.mjs'], expected)}`;
    });
}

async function checkConsumer(
  suite: Suite,
  consumer: Consumer,
  { file }: Tarball,
  expected: Files,
): Promise<string | undefined> {
  const folder = await makeFolder('package-consumer');
  const works =
    (await suite.check('installs, with one copy of each peer', () => install(consumer, folder, file))) &&
    (await suite.check('builds, and its plans are those of the checkout', async () => {
      for (const [program = '', ...args] of consumer.build) await mustRun(program, args, { cwd: folder });
      return comparePlans(folder, consumer.run, expected);
    }));
  return works ? folder : undefined;
}

const manifest = readManifest();
const all = consumers(manifest);
await runSuites(
  async (report, named) => {
    const tarball = await checkRelease(report.suite('release'), manifest);
    if (tarball === undefined) return;
    await checkTarball(report.suite('tarball'), tarball, manifest);
    const expected = await expectedPlans();
    for (const consumer of all.filter(({ name }) => named.length === 0 || named.includes(name))) {
      const suite = report.suite(consumer.name);
      const folder = await checkConsumer(suite, consumer, tarball, expected);
      if (folder === undefined || consumer.name !== 'import') continue;
      await suite.check('its airlock runs without a loader', () => checkProgram(folder, expected, manifest));
      await checkNodes(suite, folder, expected, manifest);
    }
  },
  all.map(({ name }) => name),
);
