/** What docs/operations.md promises of a gateway in use. */
import type { Suite } from '../../../harness/report.mjs';
import type { GatewayProgram } from '../../gateways/gateway.mjs';
import { startRollout } from '../../gateways/rollout.mjs';
import type { LlamaServer } from '../../world/llama.mjs';
import { startRecorder } from '../../world/recorder.mjs';
import type { Issuer } from '../issuer.mjs';
import { canary } from './canary.mjs';
import { certificate } from './certificate.mjs';
import { drain } from './drain.mjs';
import { operationsPolicy } from './policy.mjs';
import { rotation } from './rotation.mjs';

export interface OperationsChoices {
  readonly replicas: number;
  /** Where the gateway takes tokens. */
  readonly issuer?: Issuer;
}

export async function operations(
  suite: Suite,
  program: GatewayProgram,
  engine: LlamaServer,
  { replicas, issuer }: OperationsChoices,
): Promise<void> {
  const [current, next] = [await startRecorder(engine.url), await startRecorder(engine.url)];
  const checkpoints = { current: `${current.url}/v1`, next: `${next.url}/v1` };
  const issuers = issuer === undefined ? [] : [issuer.trusting(['current'])];
  const rollout = await startRollout(program, operationsPolicy(checkpoints, { replicas, issuers }));
  await rotation(suite, { rollout, checkpoints, replicas, ...(issuer === undefined ? {} : { issuer }) });
  await canary(suite, { rollout, checkpoints, replicas, recorders: [current, next] });
  await rollout.stop();
  await certificate(suite, { program, checkpoints, replicas });
  await drain(suite, program, engine);
  current.close();
  next.close();
}
