/** The acceptance list against LiteLLM. */
import type { Report } from '../../harness/report.mjs';
import { startGateway } from '../gateways/gateway.mjs';
import { LITELLM, PYTHON } from '../gateways/litellm.mjs';
import { acceptancePolicy } from '../policy.mjs';
import { doors } from '../suites/doors.mjs';
import { identity } from '../suites/identity.mjs';
import { operations } from '../suites/operations/operations.mjs';
import { redaction } from '../suites/redaction.mjs';
import { sdks } from '../suites/sdks.mjs';
import { LEAK, makeWorld } from './world.mjs';

export async function withLitellm(report: Report): Promise<void> {
  const suite = report.suite('litellm');
  const world = await makeWorld();
  const policy = acceptancePolicy(world.engines, { withLeaver: true, withBudgets: true });
  const gateway = await startGateway(LITELLM, policy);
  await identity(suite, gateway, world.upstream, world.engines, { budgets: true });
  await doors(suite, gateway, world.upstream);
  await sdks(suite, gateway, PYTHON);
  await redaction(suite, { gateway, ...world, leak: LEAK });
  await gateway.stop();
  await operations(suite, LITELLM, world.plain, { replicas: 1 });
  await world.close();
}
