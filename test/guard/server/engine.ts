/** An engine that records what it is asked, and answers as it is told: through front and back of the guard, or one of them. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import { hashOfKey } from '../../../gateway/caller-key';
import { policyOf } from '../../../guard/config/policy';
import type { GuardWorkflow } from '../../../guard/generated/guard';
import type { JsonObject } from '../../../guard/json/read-body';
import { type RunningGuard, startGuard } from '../../../guard/server/server';
import type { Line } from '../../../core/visible';
import { guard, KEY, workflow } from '../policies';

export interface Asked {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: JsonObject;
}

/** What it answers: JSON, or events. */
export interface Said {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Data of each event. */
  readonly events?: readonly (JsonObject | string)[];
  /** Bytes as they are. */
  readonly raw?: string;
}

export interface Chain {
  /** Address of the front. */
  readonly url: string;
  readonly asked: Asked[];
  /** What the next call is answered. */
  say(said: Said): void;
  readonly log: Line[];
  readonly sdk: OpenAI;
  close(): Promise<void>;
}

const TOKEN = 'token-of-the-front-0123456789abcdefghijkl';

/** SDK → front → back → engine. @param more of the workflow `claims`, at both */
export async function startChain(more: Partial<GuardWorkflow> = {}): Promise<Chain> {
  const asked: Asked[] = [];
  const log: Line[] = [];
  let said: Said = { json: {} };
  const engine = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as JsonObject;
      asked.push({ url: request.url ?? '', headers: request.headers, body });
      const { status = 200, type, headers = {}, json, events, raw } = said;
      const isStream = events !== undefined;
      response.writeHead(status, {
        'content-type': type ?? (isStream ? 'text/event-stream' : 'application/json'),
        ...headers,
      });
      for (const event of events ?? [])
        response.write(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`);
      response.end(raw ?? (isStream ? '' : JSON.stringify(json)));
    });
  });
  await new Promise<void>((listening) => engine.listen(0, '127.0.0.1', listening));
  const engineUrl = `http://127.0.0.1:${(engine.address() as AddressInfo).port}`;
  const at = { host: '127.0.0.1', port: 0, note: (line: Line) => void log.push(line) };
  const inner = guard([workflow({ ...more, name: 'claims', model: 'assist' })], engineUrl);
  const redaction = inner.workflows[0]?.redaction;
  const backed = {
    ...inner,
    workflows: [
      {
        ...inner.workflows[0]!,
        ...(redaction === undefined ? {} : { redaction: { ...redaction, requests: 'mask' as const } }),
      },
    ],
    callers: { keys: [{ name: 'gateway', hash: hashOfKey(TOKEN), workflows: ['claims'] }] },
  };
  const back: RunningGuard = await startGuard({ ...at, policy: policyOf(backed, 'back') });
  const outer = guard(
    [workflow({ ...more, name: 'claims', model: 'claims' }), workflow({ name: 'letters' })],
    back.url,
  );
  const front = await startGuard({
    ...at,
    policy: policyOf(
      { ...outer, callers: { keys: [{ name: 'app', hash: hashOfKey(KEY), workflows: ['claims'] }] } },
      'front',
      TOKEN,
    ),
  });
  return {
    ...{ url: front.url, asked, log },
    say: (next) => void (said = next),
    sdk: new OpenAI({ baseURL: `${front.url}/v1`, apiKey: KEY, maxRetries: 0 }),
    close: async () => {
      await front.close(100);
      await back.close(100);
      engine.closeAllConnections();
      await new Promise((closed) => engine.close(closed));
    },
  };
}
