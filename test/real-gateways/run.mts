/**
 * `npm run test:gateway [-- rate-limit | litellm-door | litellm | agentgateway …]`: gateways with the configuration that the kit renders, before real llama.cpp.
 *
 * LiteLLM comes from PyPI. agentgateway has no package registry: `AIRLOCK_AGENTGATEWAY` names a binary, and
 * `AIRLOCK_AGENTGATEWAY_SCHEMA` the schema of its release. What could not be run is said.
 *
 * Runs in a network namespace of its own, without a route to the outside.
 */
import { isInside, raiseLoopback, requireNoRoute, runInside } from '../harness/network-namespace.mjs';
import type { Report } from '../harness/report.mjs';
import { runSuites, runToStatus, toItsEnd } from '../harness/tier.mjs';
import { installGateways } from './install.mjs';
import { withAgentgateway } from './parts/agentgateway.mjs';
import { withLitellm } from './parts/litellm.mjs';
import { withLitellmDoor } from './parts/litellm-door.mjs';
import { withRateLimit } from './parts/rate-limit.mjs';

type Part = (report: Report) => Promise<void>;

const PARTS: Readonly<Record<string, Part>> = {
  'rate-limit': withRateLimit,
  'litellm-door': withLitellmDoor,
  litellm: withLitellm,
  agentgateway: withAgentgateway,
};

async function inside(): Promise<void> {
  await runSuites(async (report, named) => {
    await report.suite('place').check('no route leads out of it', async () => {
      await raiseLoopback();
      return requireNoRoute();
    });
    for (const [name, part] of Object.entries(PARTS))
      if (named.length === 0 || named.includes(name)) await toItsEnd(report.suite(name), () => part(report));
  }, Object.keys(PARTS));
}

async function outside(): Promise<number> {
  await installGateways();
  return runInside();
}

if (isInside()) await inside();
else await runToStatus(outside);
