/** An answer that is on its way when the gateway is told to end comes to its end. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, type Suite } from '../../../harness/report.mjs';
import { makeFolder } from '../../../harness/scratch.mjs';
import { type GatewayProgram, startInstance } from '../../gateways/gateway.mjs';
import { whatIsWrong } from '../../world/callers.mjs';
import type { LlamaServer } from '../../world/llama.mjs';
import { startRecorder } from '../../world/recorder.mjs';
import { streamed } from './calls.mjs';
import { CURRENT_KEY, operationsPolicy } from './policy.mjs';

/** Seconds of the answer before SIGTERM. */
const BEFORE = 3;
/** Share of the contract's time that the rest of the answer takes: a busy machine is slower than the engine that paces it. */
const SHARE = 2 / 3;

export async function drain(suite: Suite, program: GatewayProgram, engine: LlamaServer): Promise<void> {
  const { shutdownSeconds } = program.gateway.contract(
    operationsPolicy({ current: engine.url, next: engine.url }, { replicas: 1 }),
  );
  const slow = await startRecorder(engine.url, BEFORE + Math.round(shutdownSeconds * SHARE));
  const address = `${slow.url}/v1`;
  const policy = operationsPolicy({ current: address, next: address }, { replicas: 1 });
  const { spec, service } = await startInstance(program, policy, { home: await makeFolder('gateway') });
  await suite.check('an answer that is being streamed at SIGTERM is finished in the time of the contract', async () => {
    const began = performance.now();
    const fault = streamed(`http://127.0.0.1:${String(spec.port)}`, CURRENT_KEY, 100).then(whatIsWrong, String);
    await pause(BEFORE * 1000);
    const took = await service.end(shutdownSeconds * 1000);
    const wrong = await fault;
    const seconds = (performance.now() - began) / 1000;
    expect(wrong === undefined, `after ${seconds.toFixed(1)} s: ${wrong ?? ''}`);
    expect(took !== undefined, `still there ${String(shutdownSeconds)} s after SIGTERM`);
    return `whole after ${seconds.toFixed(1)} s; ended ${took.toFixed(1)} s after SIGTERM, of ${String(shutdownSeconds)}`;
  });
  await service.stop();
  slow.close();
}
