/** The acceptance list against agentgateway, and tokens, which LiteLLM's open build does not take. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { run } from '../../harness/processes.mjs';
import { expect, expectEqual, type Report, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { AGENTGATEWAY_BINARY, AGENTGATEWAY_SCHEMA, agentgatewayProgram } from '../gateways/agentgateway.mjs';
import { startGateway } from '../gateways/gateway.mjs';
import { PYTHON } from '../gateways/litellm.mjs';
import { acceptancePolicy } from '../policy.mjs';
import { doors } from '../suites/doors.mjs';
import { identity } from '../suites/identity.mjs';
import { redaction } from '../suites/redaction.mjs';
import { sdks } from '../suites/sdks.mjs';
import { makeIssuer } from '../suites/issuer.mjs';
import { tokens } from '../suites/tokens.mjs';
import { plantUnknownKeys } from '../world/unknown-keys.mjs';
import { exampleConfigs } from './examples.mjs';
import { LEAK, makeWorld } from './world.mjs';

/** Whether that build of the gateway takes a configuration. */
async function takes(binary: string, config: unknown): Promise<{ readonly ok: boolean; readonly said: string }> {
  const folder = await makeFolder('agentgateway');
  const file = path.join(folder, 'config.json');
  await writeFile(file, JSON.stringify(config));
  const { code, stdout, stderr } = await run(binary, ['--validate-only', '-f', file], {
    env: { DATABASE_URL: 'postgres://nobody@127.0.0.1/none' },
  });
  return { ok: code === 0, said: `${stdout}\n${stderr}`.trim() };
}

/** Every rendered file fits, and none with a key that nobody knows. */
async function fits(
  suite: Suite,
  what: string,
  check: (config: unknown) => Promise<{ readonly ok: boolean; readonly said: string }>,
): Promise<void> {
  for (const [name, config] of await exampleConfigs())
    await suite.check(`${what} takes the configuration of ${name}, and none with an unknown key`, async () => {
      const { ok, said } = await check(config);
      expect(ok, said.slice(0, 2000));
      const planted = plantUnknownKeys(config);
      const taken: string[] = [];
      for (const { place, config: wrong } of planted) if ((await check(wrong)).ok) taken.push(place);
      expectEqual(taken, [], 'unknown keys that were taken');
      return `${String(planted.length)} unknown keys refused`;
    });
}

async function bySchema(suite: Suite): Promise<void> {
  if (AGENTGATEWAY_SCHEMA === undefined) {
    suite.skip('the published schema', 'open: AIRLOCK_AGENTGATEWAY_SCHEMA names no schema/config.json of a release');
    return;
  }
  const schema = JSON.parse(await readFile(AGENTGATEWAY_SCHEMA, 'utf8')) as object;
  const validate = new Ajv2020({ strict: false, allErrors: false, validateFormats: false }).compile(schema);
  await fits(suite, 'the published schema', (config) =>
    Promise.resolve({ ok: validate(config), said: JSON.stringify(validate.errors) }),
  );
}

async function byBinary(suite: Suite, report: Report, binary: string): Promise<void> {
  await fits(suite, 'the gateway', (config) => takes(binary, config));
  const world = await makeWorld();
  const issuer = await makeIssuer();
  const choices = { withLeaver: true, issuers: [issuer.policy] };
  const wanted = acceptancePolicy(world.engines, { ...choices, withBudgets: true });
  const { agentgatewayConfig } = await import('../../../gateway/agentgateway/config.js');
  // Builds from before release 1.5 have none.
  const budgets = (await takes(binary, agentgatewayConfig({ ...wanted, issuers: [] }))).ok;
  const gateway = await startGateway(
    agentgatewayProgram(binary),
    acceptancePolicy(world.engines, { ...choices, withBudgets: budgets }),
  );
  const own = report.suite('agentgateway');
  await tokens(own, gateway, world.upstream, issuer);
  await identity(own, gateway, world.upstream, world.engines, { budgets, issuers: [issuer.policy] });
  await doors(own, gateway, world.upstream);
  await sdks(own, gateway, PYTHON);
  await redaction(own, { gateway, ...world, leak: LEAK });
  await gateway.stop();
  await world.close();
}

export async function withAgentgateway(report: Report): Promise<void> {
  const suite = report.suite('agentgateway');
  await bySchema(suite);
  if (AGENTGATEWAY_BINARY === undefined)
    suite.skip('the acceptance list', 'open: AIRLOCK_AGENTGATEWAY names no binary, and no package registry has one');
  else await byBinary(suite, report, AGENTGATEWAY_BINARY);
}
