/** What crosses the gap, made from the checkout: a sealed bundle whose kit image has a real Node, and what comes by another path. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CHECK_STEPS } from '../../offline-bundle/layout/start-here.js';
import { airlock } from '../harness/airlock.mjs';
import { ROOT } from '../harness/paths.mjs';
import { tail } from '../harness/processes.mjs';
import { expect } from '../harness/report.mjs';
import { makeFolder } from '../harness/scratch.mjs';
import { makeImage } from '../outside-world/images.js';
import { quickstartWorld } from '../outside-world/quickstart.js';
import { startWorld } from '../outside-world/world.js';

export interface Crossing {
  /** The medium: the bundle and nothing else. */
  readonly media: string;
  /** The far side's own folder: a public key, the text of the check, and `enclave.yaml`. */
  readonly far: string;
  /** `airlock.mjs` as the checkout builds it, to compare. */
  readonly program: Buffer;
}

const NODE_IMAGE = 'library/node:22-bookworm-slim';

/** @param node path of the Node that the base of the kit's image holds */
export async function makeCrossing(node: string): Promise<Crossing> {
  const folder = await makeFolder('far-side');
  const [near, media, far] = ['near', 'media', 'far'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  await cp(path.join(ROOT, 'examples/quickstart'), near, { recursive: true });
  await mkdir(far);
  const options = await quickstartWorld();
  const docker = options.registries?.['docker.io'];
  const image = await makeImage({
    layers: [{ 'etc/debian_version': '12.12\n' }, { 'usr/local/bin/node': await readFile(node) }],
    entrypoint: ['docker-entrypoint.sh'],
  });
  const world = await startWorld({
    ...options,
    registries: {
      ...options.registries,
      'docker.io': { ...docker, images: { ...docker?.images, [NODE_IMAGE]: image } },
    },
  });
  const env = {
    ...world.environment,
    AIRLOCK_KEY_PASSPHRASE: 'only for this tier',
    DOCKER_CONFIG: path.join(near, 'none'),
  };
  const run = async (...args: string[]): Promise<void> => {
    const ran = await airlock(args, { cwd: near, env, timeoutMs: 300_000 });
    expect(ran.code === 0, `airlock ${args.join(' ')} ended with status ${String(ran.code)}:\n${tail(ran)}`);
  };
  try {
    await run('keys', 'create', '--name', 'release');
    await run('lock');
    await run('bundle', 'create', '--out', media, '--key', 'release.key');
  } finally {
    await world.close();
  }
  await cp(path.join(near, 'release.pub'), path.join(far, 'release.pub'));
  await cp(path.join(near, 'enclave.yaml'), path.join(far, 'enclave.yaml'));
  await writeFile(path.join(far, 'check.sh'), CHECK_STEPS);
  const { buildFarSide } = await import('../../tools/build-far-side.js');
  return { media, far, program: (await buildFarSide()).bytes };
}
