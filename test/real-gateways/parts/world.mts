/** What stands around a gateway: engines behind it, and where its traces go. */
import { freePorts } from '../../harness/ports.mjs';
import { asJson, type Collector, HTTP, queueFolder, startCollector } from '../../traces/world/collector.mjs';
import { type Engines, patterns } from '../policy.mjs';
import { type LlamaServer, startLlama } from '../world/llama.mjs';
import { type Recorder, startRecorder } from '../world/recorder.mjs';

/** What the engine that leaks answers, whatever it is asked: an address and a card number of the packs. */
export const LEAK = 'erika.mustermann@example.org';

export interface World {
  readonly engines: Engines;
  /** The engine of ordinary answers, with nothing before it. */
  readonly plain: LlamaServer;
  /** Between the gateway and the engines. */
  readonly upstream: Recorder;
  readonly leaky: Recorder;
  readonly collector: Collector;
  /** Between the gateway and the Collector. */
  readonly traced: Recorder;
  /** In place of the store: what the Collector sends on. */
  readonly stored: Recorder;
  readonly close: () => Promise<void>;
}

export async function makeWorld(): Promise<World> {
  const [plainPort = 0, leakyPort = 0, deadPort = 0] = await freePorts(3);
  const plain = await startLlama(plainPort, 'tiny-chat');
  const leaky = await startLlama(leakyPort, 'tiny-chat', { says: `Write to ${LEAK} now.` });
  const [upstream, leak, traced, stored] = [
    await startRecorder(plain.url),
    await startRecorder(leaky.url),
    await startRecorder(HTTP),
    await startRecorder(),
  ];
  const collector = await startCollector({
    ...{ patterns, destination: { endpoint: stored.url }, queueFolder: await queueFolder(), change: asJson },
  });
  return {
    engines: {
      plain: `${upstream.url}/v1`,
      leaky: `${leak.url}/v1`,
      dead: `http://127.0.0.1:${String(deadPort)}/v1`,
      traces: { port: traced.port },
    },
    plain,
    upstream,
    leaky: leak,
    ...{ collector, traced, stored },
    close: async () => {
      for (const recorder of [upstream, leak, traced, stored]) recorder.close();
      await Promise.all([plain.service.stop(), leaky.service.stop(), collector.stop()]);
    },
  };
}
