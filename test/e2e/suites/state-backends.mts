/** Every remote backend of Terraform's state that an enclave can name: deployed, read back, and destroyed through it. */
import path from 'node:path';
import type { EnclaveState } from '../../../site/generated/enclave.js';
import { blueprintOf } from '../../../blueprint/blueprint.js';
import { synthesize } from '../../../stacks/app.js';
import { expect, expectEqual, expectMatch, type Suite } from '../../harness/report.mjs';
import { startPostgres } from '../../harness/postgres.mjs';
import { startHttpState } from '../cluster/state-servers.mjs';
import { applyStack, destroyStack, plannedChanges } from '../cluster/terraform.mjs';
import { withWorld, type World } from '../cluster/world.mjs';
import { fixtureFiles } from './fixture.mjs';

/** It has no namespace, so that another state finds the cluster as it was. */
const STACK = 'platform';
const NAMESPACE = 'airlock-state';

interface Kept {
  readonly state: EnclaveState;
  readonly env: Readonly<Record<string, string>>;
  /** Looks for the state where it should lie. */
  readonly found: () => Promise<string>;
}

async function through({ files, folder, ...world }: World, { state, env, found }: Kept): Promise<string> {
  const plan = path.join(folder, `out-${state.backend}`);
  synthesize({ blueprint: blueprintOf({ ...files, enclave: { ...files.enclave, state } }), outdir: plan });
  const seen: World = { ...world, files, folder, plan };
  await applyStack(seen, STACK, env);
  const where = await found();
  expectEqual(await plannedChanges(seen, STACK, env), [], 'changes after');
  await destroyStack(seen, STACK, env);
  return where;
}

async function kubernetes(world: World): Promise<string> {
  const admin = world.kubectl('admin');
  await admin.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }], 'e2e');
  return through(world, {
    state: { backend: 'kubernetes' },
    env: { KUBE_CONFIG_PATH: world.kubeconfig('admin') },
    found: async () => {
      const { stdout } = await admin.run(['get', 'secrets', '--namespace', NAMESPACE, '--output=name']);
      expectMatch(stdout, /secret\/tfstate-default-airlock-platform/, 'Secrets');
      return stdout.trim();
    },
  });
}

async function http(world: World): Promise<string> {
  const server = await startHttpState();
  try {
    return await through(world, {
      state: { backend: 'http', address: server.address },
      env: server.env,
      found: () => {
        const { requests } = server;
        for (const method of ['LOCK', 'POST', 'UNLOCK'])
          expect(requests.includes(`${method} /state/${STACK}`), `no ${method} in ${requests.join(', ')}`);
        return Promise.resolve([...new Set(requests)].join(', '));
      },
    });
  } finally {
    await server.stop();
  }
}

async function pg(world: World): Promise<string> {
  const server = await startPostgres();
  try {
    return await through(world, {
      state: { backend: 'pg' },
      env: { PG_CONN_STR: `${server.url()}?sslmode=disable` },
      found: async () => {
        expectEqual(await server.query(`select count(*) from airlock_${STACK}.states`), '1', 'states');
        return `one row in airlock_${STACK}.states`;
      },
    });
  } finally {
    await server.stop();
  }
}

/** @param mirror folder of the providers' packages */
export async function stateBackends(suite: Suite, mirror: string): Promise<void> {
  await suite.check('a cluster for it', async () => {
    await withWorld(await fixtureFiles(mirror), async (world) => {
      await suite.check('state in Secrets of the cluster', () => kubernetes(world));
      await suite.check('state behind an https address, with locks', () => http(world));
      await suite.check('state in PostgreSQL', () => pg(world));
    });
    return 'ended';
  });
}
