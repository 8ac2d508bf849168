/** Writes what the kit of today makes of the site of the corpus: every form that leaves it, by the code of the commands. */
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { audit } from '../../audit/audit';
import { blueprintOf } from '../../blueprint/blueprint';
import { recordDeployment } from '../../cluster/deployments/archive';
import { canonicalJson, reviewJson } from '../../core/canonical-json';
import { SILENT } from '../../core/progress';
import { createBundle } from '../../offline-bundle/bundle/create';
import { kitImageSource } from '../../offline-bundle/bundle/kit-content';
import { demandLockFits } from '../../offline-bundle/bundle/preflight';
import { signBundle } from '../../offline-bundle/bundle/sign';
import { createClients } from '../../offline-bundle/fetch/clients';
import { upstreamSettings } from '../../offline-bundle/fetch/settings';
import { createSourceReader } from '../../offline-bundle/fetch/upstream-reader';
import { importBundle } from '../../offline-bundle/import/import-bundle';
import { planBundle } from '../../offline-bundle/layout/plan';
import { saveLock } from '../../offline-bundle/resolve/lock-on-disk';
import { resolveLock } from '../../offline-bundle/resolve/resolve-lock';
import { writeKeyPair } from '../../offline-bundle/trust/key-files';
import { loadPrivateKey } from '../../offline-bundle/trust/keys';
import { keySigner } from '../../offline-bundle/trust/signer';
import { readTrustedKeys } from '../../offline-bundle/verify/trusted-keys';
import { deriveImages } from '../../offline-bundle/weights/derive-images';
import type { Lock } from '../../site/generated/lock';
import { loadSite } from '../../site/load-site';
import { lockRequests } from '../../site/requests/requests';
import { synthesize } from '../../stacks/app';
import { startWorld, type World } from '../../test/outside-world/world';
import { loadFiles, ROOT } from '../site-files';
import { PARTS, SIGNERS } from './places';
import { corpusWorld } from './world';

/** What `npm run corpus:add` copies of its own. */
const SOURCE = path.join(ROOT, 'tools', 'corpus', 'site');

/** Protects keys that protect nothing. */
export const PASSPHRASE = 'everybody may read this';
/** Seals are made on this day, and waivers are held against it. */
export const DAY = '2026-11-29';

/** Stands for the program itself, which is larger than the whole corpus may be. */
const AIRLOCK_MJS = Buffer.from('// a stand-in for airlock.mjs\n');

/** A folder that is being filled; paths of its parts. */
const inside =
  (folder: string) =>
  (part: keyof typeof PARTS): string =>
    path.join(folder, PARTS[part]);

/** Where packages of providers would lie; the world is somewhere else on every run, and the lock names the address. */
const RELEASES = 'releases.corpus.example';

/** The variables that lead to the world, with {@link RELEASES} among its hosts. */
function environmentOf({ environment, providerRegistries }: World): Record<string, string> {
  const [registry] = Object.values(providerRegistries);
  const releases = registry === undefined ? [] : [`${RELEASES}=${registry.releases.url}`];
  return { ...environment, AIRLOCK_UPSTREAMS: [environment['AIRLOCK_UPSTREAMS'], ...releases].join(',') };
}

function withLastingAddresses(lock: Lock): Lock {
  const lasting = (url: string): string => `https://${RELEASES}${new URL(url).pathname}`;
  const providers = lock.providers.map((provider) => ({
    ...provider,
    packages: provider.packages.map((one) => (one.url === undefined ? one : { ...one, url: lasting(one.url) })),
  }));
  return { ...lock, providers };
}

async function lockAndBundle(folder: string, version: string): Promise<void> {
  const at = inside(folder);
  const site = await loadSite(at('site'));
  const world = await startWorld(await corpusWorld(site));
  const settings = upstreamSettings({ upstream: [] }, environmentOf(world));
  const clients = createClients(settings, { version, progress: SILENT });
  try {
    const kit = { airlockMjs: AIRLOCK_MJS, version };
    const lock = withLastingAddresses(await resolveLock(lockRequests(site), clients, kit, SILENT));
    demandLockFits(lock, site);
    await saveLock(lock, at('lock'));
    const [lockBytes, siteBytes] = [readFileSync(at('lock')), readFileSync(at('site'))];
    await createBundle({
      plan: planBundle({ lock, lockBytes, siteBytes, airlockMjs: AIRLOCK_MJS }),
      reader: createSourceReader(clients),
      kitImage: kitImageSource(lock, AIRLOCK_MJS),
      out: at('bundle'),
    });
  } finally {
    await clients.close();
    await world.close();
  }
}

/** Both signers seal the bundle; of the second one nothing but the public key stays. */
async function seal(folder: string): Promise<void> {
  const at = inside(folder);
  for (const name of SIGNERS) {
    const { privateFile } = await writeKeyPair(at('keys'), name, PASSPHRASE);
    const signer = keySigner(loadPrivateKey(readFileSync(privateFile, 'utf8'), PASSPHRASE));
    const now = `${DAY}T00:00:00Z`;
    await signBundle(at('bundle'), signer, { sequence: 1, sealedAt: now, previous: null }, now);
    if (name !== SIGNERS[0]) rmSync(privateFile);
  }
}

async function bringIntoStore(folder: string): Promise<void> {
  const at = inside(folder);
  const trusted = await readTrustedKeys(SIGNERS.map((name) => path.join(at('keys'), `${name}.pub`)));
  const now = new Date(`${DAY}T00:00:00Z`);
  await importBundle({ dir: at('bundle'), storeDir: at('store'), trusted, threshold: trusted.length, now });
  const { lock } = await loadFiles(folder);
  await deriveImages({ lock, models: lock.models.map(({ name }) => name), from: at('store') });
  // An import copies blobs as they are: they are kept once, with the bundle.
  rmSync(path.join(at('store'), 'blobs'), { recursive: true });
}

async function planAndAudit(folder: string): Promise<void> {
  const at = inside(folder);
  const blueprint = blueprintOf(await loadFiles(folder));
  writeFileSync(at('blueprint'), reviewJson(blueprint));
  synthesize({ blueprint, outdir: at('plan') });
  const files = { site: at('site'), enclave: at('enclave'), lock: at('lock'), today: DAY, asOf: DAY };
  writeFileSync(at('report'), canonicalJson(await audit({ ...files, plan: at('plan') })));
  const byHand = await audit({ ...files, plan: at('byHand'), waivers: at('waivers') });
  writeFileSync(at('byHandReport'), canonicalJson(byHand));
  const archive = path.join(folder, 'archive');
  await recordDeployment(archive, at('plan'));
  renameSync(path.join(archive, PARTS.history), at('history'));
  rmSync(archive, { recursive: true });
}

/**
 * Fills a new folder with all parts of a release but its manifest. Keys and signatures are new each time, all else is the
 * same bytes for the same sources.
 *
 * @param version of the kit, which the lock names
 */
export async function writeParts(folder: string, version: string): Promise<void> {
  const at = inside(folder);
  mkdirSync(at('byHand'), { recursive: true });
  for (const part of ['site', 'enclave', 'waivers'] as const) cpSync(path.join(SOURCE, PARTS[part]), at(part));
  cpSync(path.join(SOURCE, 'by-hand.tf.json'), path.join(at('byHand'), 'cdk.tf.json'));
  await lockAndBundle(folder, version);
  await seal(folder);
  await bringIntoStore(folder);
  await planAndAudit(folder);
}
