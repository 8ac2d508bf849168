/** A chart of the lock, installed by plain Terraform and its real Helm provider; a changed file is refused before anything happens. */
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import { ROOT } from '../../../tools/examples.js';
import { mustRun } from '../../harness/processes.mjs';
import { expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { sha256Hex } from '../../outside-world/bytes.js';
import { relock } from '../../stacks/relock.js';
import { readyPods } from '../cluster/deploy.mjs';
import { applyStack, plannedChanges, refusedPlan } from '../cluster/terraform.mjs';
import { type SiteFiles, withWorld, type World } from '../cluster/world.mjs';
import { fixtureFiles } from './fixture.mjs';

const NAMESPACE = 'airlock-accelerators';
const VERSION = '26.7.0';
const CHART = `gpu-operator-v${VERSION}.tgz`;
const STACKS = ['platform', 'guardrails', 'accelerators'] as const;

/** Packs the stand-in as `helm package` would. */
async function packed(folder: string): Promise<string> {
  const source = path.join(folder, 'source');
  await mkdir(source);
  await mustRun('cp', ['-r', path.join(ROOT, 'test/fixtures/operator-chart'), path.join(source, 'gpu-operator')]);
  const file = path.join(folder, CHART);
  await mustRun('tar', ['-czf', file, '-C', source, 'gpu-operator']);
  return file;
}

/** The fixture with the GPU Operator, and the chart in its lock. */
async function operated(folder: string, file: string, mirror: string): Promise<SiteFiles> {
  const { site: plain, enclave, lock } = await fixtureFiles(mirror);
  const site = { ...plain, gpu: { operator: { version: VERSION } } };
  const locked = relock(site, lock);
  const sha256 = sha256Hex(await readFile(file));
  return {
    site,
    enclave: {
      ...enclave,
      network: { ...enclave.network, apiServers: { cidrs: ['10.20.0.11/32'] } },
      charts: { directory: folder },
    },
    lock: { ...locked, charts: (locked.charts ?? []).map((chart) => ({ ...chart, sha256 })) },
  };
}

async function installed({ kubectl, files }: World): Promise<string> {
  const deployments = await kubectl('admin').list<Deployment>('deployments', NAMESPACE);
  const images = deployments.flatMap(
    ({ spec }) => spec?.template.spec?.containers.map(({ image = '' }) => image) ?? [],
  );
  const wanted = ['gpu-operator-operator', 'gpu-operator-node-feature-discovery'].map((name) => {
    const image = files.lock.images.find((one) => one.name === `${name}-${VERSION}`);
    return `${files.enclave.registry}/${image?.repository ?? ''}@${image?.manifests[0]?.digest ?? ''}`;
  });
  expectEqual([...images].sort(), wanted.sort(), 'images');
  return images.map((image) => image.slice(0, image.indexOf('@') + 20)).join(', ');
}

/** @param mirror folder of the providers' packages */
export async function lockedChart(suite: Suite, mirror: string): Promise<void> {
  const folder = await makeFolder('charts');
  const file = await packed(folder);
  await suite.check('a cluster for it', async () => {
    await withWorld(await operated(folder, file, mirror), async (world) => {
      await suite.check('terraform apply installs it', async () => {
        for (const stack of STACKS) await applyStack(world, stack);
        return STACKS.join(', ');
      });
      await suite.check('what it makes runs locked images by digest, and admission lets it', async () => {
        const pods = await readyPods(world, 2, [NAMESPACE]);
        return `${String(pods.length)} pods Ready: ${await installed(world)}`;
      });
      await suite.check('terraform plan shows no change after', async () => {
        expectEqual(await plannedChanges(world, 'accelerators'), [], 'planned changes');
        return 'no change';
      });
      await suite.check('a chart with other bytes is refused before anything is planned', async () => {
        await appendFile(file, 'x');
        const said = await refusedPlan(world, 'accelerators');
        expectMatch(said.replaceAll(/[\s│]+/g, ' '), /gpu-operator-v26\.7\.0\.tgz is not the chart of the lock/, said);
        return 'Resource precondition failed';
      });
    });
    return 'ended';
  });
}
