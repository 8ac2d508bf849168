/** What stands around a gateway: engines behind it, and where its traces go. */
import { freePorts } from '../../harness/ports.mjs';
import type { Engines } from '../policy.mjs';
import { startLlama } from '../world/llama.mjs';
import { type Recorder, startRecorder } from '../world/recorder.mjs';

/** What the engine that leaks answers, whatever it is asked: an address and a card number of the packs. */
export const LEAK = 'erika.mustermann@example.org';

export interface World {
  readonly engines: Engines;
  /** Between the gateway and the engines. */
  readonly upstream: Recorder;
  readonly leaky: Recorder;
  readonly traces: Recorder;
  readonly close: () => Promise<void>;
}

export async function makeWorld(): Promise<World> {
  const [plainPort = 0, leakyPort = 0, deadPort = 0] = await freePorts(3);
  const plain = await startLlama(plainPort, 'tiny-chat');
  const leaky = await startLlama(leakyPort, 'tiny-chat', { says: `Write to ${LEAK} now.` });
  const [upstream, leak, traces] = [
    await startRecorder(plain.url),
    await startRecorder(leaky.url),
    await startRecorder(),
  ];
  return {
    engines: {
      plain: `${upstream.url}/v1`,
      leaky: `${leak.url}/v1`,
      dead: `http://127.0.0.1:${String(deadPort)}/v1`,
      traces: { port: traces.port },
    },
    upstream,
    leaky: leak,
    traces,
    close: async () => {
      for (const recorder of [upstream, leak, traces]) recorder.close();
      await Promise.all([plain.service.stop(), leaky.service.stop()]);
    },
  };
}
