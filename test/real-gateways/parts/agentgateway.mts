/** The acceptance list against agentgateway, and tokens, which LiteLLM's open build does not take. */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { agentgatewayConfig } from '../../../gateway/agentgateway/config.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { CONFIG_FOLDER, type GatewayFile, TLS_FOLDER } from '../../../gateway/contract.js';
import { makeCertificates } from '../../harness/certificates.mjs';
import { run } from '../../harness/processes.mjs';
import { expect, expectEqual, type Report, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { AGENTGATEWAY_BINARY, AGENTGATEWAY_SCHEMA, agentgatewayProgram } from '../gateways/agentgateway.mjs';
import { startGateway } from '../gateways/gateway.mjs';
import { PYTHON } from '../gateways/litellm.mjs';
import { acceptancePolicy } from '../policy.mjs';
import { doors } from '../suites/doors.mjs';
import { identity } from '../suites/identity.mjs';
import { operations } from '../suites/operations/operations.mjs';
import { redaction } from '../suites/redaction.mjs';
import { sdks } from '../suites/sdks.mjs';
import { people } from '../suites/people.mjs';
import { makeIssuer } from '../suites/issuer.mjs';
import { tokens } from '../suites/tokens.mjs';
import { plantUnknownKeys } from '../world/unknown-keys.mjs';
import { exampleConfigs } from './examples.mjs';
import { LEAK, makeWorld } from './world.mjs';

interface Judged {
  readonly ok: boolean;
  readonly said: string;
}

type Judge = (config: unknown, files: readonly GatewayFile[]) => Promise<Judged>;

/** Lets a build of the gateway judge a configuration, with the files that it names. */
async function judgeBy(binary: string): Promise<Judge> {
  const folder = await makeFolder('agentgateway');
  const { certificate, key } = await makeCertificates(folder);
  await copyFile(certificate, path.join(folder, 'tls.crt'));
  await copyFile(key, path.join(folder, 'tls.key'));
  const here = (text: string): string => text.replaceAll(CONFIG_FOLDER, folder).replaceAll(TLS_FOLDER, folder);
  return async (config, files) => {
    for (const { name, content } of files) await writeFile(path.join(folder, name), content);
    const file = path.join(folder, 'judged.json');
    await writeFile(file, here(JSON.stringify(config)));
    const { code, stdout, stderr } = await run(binary, ['--validate-only', '-f', file], {
      env: { DATABASE_URL: 'postgres://nobody@127.0.0.1/none' },
    });
    return { ok: code === 0, said: `${stdout}\n${stderr}`.trim() };
  };
}

/**
 * Every rendered file fits, and none with a key that nobody knows.
 *
 * @param budgets whether the release has budgets; else the files are tried without them, and that is said
 */
async function fits(suite: Suite, what: string, budgets: boolean, check: Judge): Promise<void> {
  if (!budgets) suite.skip(`budgets in ${what}`, 'open: it is of a release before 1.5, which has none');
  for (const { name, config, files } of await exampleConfigs(budgets))
    await suite.check(`${what} takes the configuration of ${name}, and none with an unknown key`, async () => {
      const { ok, said } = await check(config, files);
      expect(ok, said.slice(0, 2000));
      const planted = plantUnknownKeys(config);
      const taken: string[] = [];
      for (const { place, config: wrong } of planted) if ((await check(wrong, files)).ok) taken.push(place);
      expectEqual(taken, [], 'unknown keys that were taken');
      return `${String(planted.length)} unknown keys refused`;
    });
}

async function bySchema(suite: Suite): Promise<void> {
  if (AGENTGATEWAY_SCHEMA === undefined) {
    suite.skip('the published schema', 'open: AIRLOCK_AGENTGATEWAY_SCHEMA names no schema/config.json of a release');
    return;
  }
  const text = await readFile(AGENTGATEWAY_SCHEMA, 'utf8');
  const schema = JSON.parse(text) as object;
  const validate = new Ajv2020({ strict: false, allErrors: false, validateFormats: false }).compile(schema);
  await fits(suite, 'the published schema', text.includes('onBudgetExceeded'), (config) =>
    Promise.resolve({ ok: validate(config), said: JSON.stringify(validate.errors) }),
  );
}

async function byBinary(suite: Suite, report: Report, binary: string): Promise<void> {
  const world = await makeWorld();
  const issuer = await makeIssuer();
  const choices = { withLeaver: true, issuers: [issuer.policy] };
  const wanted = acceptancePolicy(world.engines, { ...choices, withBudgets: true });
  const judge = await judgeBy(binary);
  const budgets = (await judge(agentgatewayConfig({ ...wanted, issuers: [] }), [])).ok;
  await fits(suite, 'the gateway', budgets, judge);
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
  await people(own, agentgatewayProgram(binary), world.engines, { budgets, issuer });
  await operations(own, agentgatewayProgram(binary), world.plain, { replicas: 2, issuer });
  await world.close();
}

export async function withAgentgateway(report: Report): Promise<void> {
  const suite = report.suite('agentgateway');
  await bySchema(suite);
  if (AGENTGATEWAY_BINARY === undefined)
    suite.skip('the acceptance list', 'open: AIRLOCK_AGENTGATEWAY names no binary, and no package registry has one');
  else await byBinary(suite, report, AGENTGATEWAY_BINARY);
}
