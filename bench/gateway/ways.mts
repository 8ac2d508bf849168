/** The ways to one engine that are compared: straight, through gateways, and with what they may do on the way. */
import { startCollector, HTTP, queueFolder, type Collector } from '../../test/traces/world/collector.mjs';
import { freePort } from '../../test/harness/ports.mjs';
import { AGENTGATEWAY_BINARY, agentgatewayProgram } from '../../test/real-gateways/gateways/agentgateway.mjs';
import { type GatewayProgram, type RunningGateway, startGateway } from '../../test/real-gateways/gateways/gateway.mjs';
import { LITELLM } from '../../test/real-gateways/gateways/litellm.mjs';
import { startLlama } from '../../test/real-gateways/world/llama.mjs';
import { startRecorder } from '../../test/real-gateways/world/recorder.mjs';
import { benchPolicy, KEY, MODEL, PATTERNS, workflowOf } from './policy.mjs';

export interface Way {
  readonly name: string;
  /** Address without a path. */
  readonly url: string;
  /**
   * @default - none is asked for
   */
  readonly key?: string;
  /** Name of the model that is asked for. */
  readonly model: (streamed: boolean) => string;
  readonly traced: boolean;
  /** What the program on the way has said. */
  readonly output: () => string;
}

export interface World {
  /** The way straight to the engine comes first. */
  readonly ways: readonly Way[];
  readonly collector: Collector;
  readonly close: () => Promise<void>;
}

/** Gateways that can be run here, by name. */
export const PROGRAMS: Readonly<Record<string, GatewayProgram>> = {
  LiteLLM: LITELLM,
  ...(AGENTGATEWAY_BINARY === undefined ? {} : { agentgateway: agentgatewayProgram(AGENTGATEWAY_BINARY) }),
};

/** Beyond the distance between any two ports of a gateway. */
const PORT_STEP = 100;

export async function makeWorld(): Promise<World> {
  // One thread: two that wait for each other stand still whenever something else has a core.
  const engine = await startLlama(await freePort(), MODEL, { threads: 1 });
  const store = await startRecorder();
  const collector = await startCollector({
    ...{ patterns: PATTERNS, destination: { endpoint: store.url }, queueFolder: await queueFolder() },
  });
  const { hostname: host, port } = new URL(HTTP);
  const [quiet, traced] = [
    benchPolicy(`${engine.url}/v1`),
    benchPolicy(`${engine.url}/v1`, { host, port: Number(port), contents: true }),
  ];
  const ways: Way[] = [
    { name: 'direct', url: engine.url, model: () => MODEL, traced: false, output: engine.service.output },
  ];
  const stops: (() => Promise<void>)[] = [];
  let portShift = 0;
  for (const [name, program] of Object.entries(PROGRAMS)) {
    const plain = await startGateway({ ...program, portShift }, quiet);
    const tracing = await startGateway({ ...program, portShift: portShift + PORT_STEP }, traced);
    portShift += 2 * PORT_STEP;
    stops.push(plain.stop, tracing.stop);
    const through = (what: string, { url, output }: RunningGateway, redacted: boolean): Way => ({
      ...{ name: `${name}${what}`, url, output },
      key: KEY,
      model: (streamed) => workflowOf({ streamed, redacted }),
      traced: url === tracing.url,
    });
    ways.push(
      through('', plain, false),
      through(' + redaction', plain, true),
      through(' + redaction + traces', tracing, true),
    );
  }
  return {
    ways,
    collector,
    close: async () => {
      for (const stop of stops) await stop();
      await collector.stop();
      store.close();
      await engine.service.stop();
    },
  };
}
