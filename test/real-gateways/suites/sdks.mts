/** Clients that know an address, a key and a name, and nothing of this kit. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustRun } from '../../harness/processes.mjs';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import type { RunningGateway } from '../gateways/gateway.mjs';
import { KEYS } from '../policy.mjs';

const beside = (name: string): string => fileURLToPath(new URL(`../clients/${name}`, import.meta.url));

interface Said {
  readonly whole: string;
  readonly pieces: readonly string[];
  readonly models: readonly string[];
}

export async function sdks(suite: Suite, { url }: RunningGateway, python: string): Promise<void> {
  const tsx = path.join('node_modules', 'tsx', 'dist', 'cli.mjs');
  const clients: readonly [string, string, readonly string[]][] = [
    ['Python', python, [beside('openai_sdk.py')]],
    ['TypeScript', process.execPath, [tsx, beside('openai-sdk.mts')]],
  ];
  for (const [language, command, args] of clients)
    await suite.check(`OpenAI's SDK for ${language} works unchanged, with name and key only`, async () => {
      const { stdout } = await mustRun(command, [...args, `${url}/v1`, KEYS.team, 'stream', 'Hello.']);
      const { whole, pieces, models } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Said;
      expect(whole.length > 0 && pieces.length > 1, stdout);
      expectEqual(models.includes('stream'), true, 'the list has the model');
      return `whole, ${String(pieces.length)} pieces, ${String(models.length)} models`;
    });
}
