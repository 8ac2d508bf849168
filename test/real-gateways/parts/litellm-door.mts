/** The door before LiteLLM, with an engine behind it that answers what it is told. */
import { freePorts } from '../../harness/ports.mjs';
import type { Report } from '../../harness/report.mjs';
import { startGateway } from '../gateways/gateway.mjs';
import { LITELLM, PYTHON } from '../gateways/litellm.mjs';
import { absence } from '../suites/door/absence.mjs';
import { answers } from '../suites/door/answers.mjs';
import { doorPolicy } from '../suites/door/policy.mjs';
import { requests } from '../suites/door/requests.mjs';
import { startTold } from '../world/told.mjs';

export async function withLitellmDoor(report: Report): Promise<void> {
  const suite = report.suite('litellm-door');
  const [dead = 0] = await freePorts(1);
  const told = await startTold();
  const gateway = await startGateway(
    LITELLM,
    doorPolicy({ told: told.url, dead: `http://127.0.0.1:${String(dead)}/v1` }),
  );
  await requests(suite, gateway, told, PYTHON);
  await answers(suite, gateway, told);
  await absence(suite, gateway, told);
  await gateway.stop();
  told.close();
}
