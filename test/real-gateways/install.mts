/** What gateways need around them, and LiteLLM itself; the names of the steps say which registry was away. */
import { installDebianPackages } from '../harness/debian.mjs';
import { print } from '../harness/tier.mjs';
import { installLlamaServer } from '../real-engines/install/llama-server.mjs';
import { DEBIAN_PACKAGES } from '../real-engines/versions.mjs';
import { installCollector } from '../traces/install/collector.mjs';
import { installLitellm } from './gateways/litellm.mjs';
import { installRateLimit, STORE_PACKAGES } from './world/rate-limit.mjs';

const STEPS: readonly (readonly [string, () => Promise<string>])[] = [
  ['Debian packages', () => installDebianPackages([...DEBIAN_PACKAGES, ...STORE_PACKAGES])],
  ['llama.cpp', installLlamaServer],
  ['LiteLLM', installLitellm],
  ['Collector', installCollector],
  ['rate-limit service', installRateLimit],
];

export async function installGateways(): Promise<void> {
  for (const [what, install] of STEPS) print(`install: ${what}: ${await install()}`);
}
