/** An engine that answers what it is told, and keeps what it is asked; no model of ours says `<think>` on demand. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Readonly<Record<string, unknown>>;

export interface Orders {
  /** @default 200 */
  readonly status?: number;
  /** The message of a whole answer, and the deltas of a streamed one. */
  readonly message?: Json;
  readonly deltas?: readonly Json[];
  /** Headers of an answer, beside its type. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What an answer with another status says. */
  readonly error?: string;
}

export interface ToldEngine {
  readonly port: number;
  readonly url: string;
  readonly tell: (orders: Orders) => void;
  /** Bodies since the last call of `clear`. */
  readonly asked: () => readonly Json[];
  readonly clear: () => void;
  readonly close: () => void;
}

const usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 };
const base = { id: 'x', created: 1, model: 'told' };

function whole(path: string, message: Json): Json {
  if (path.endsWith('/embeddings'))
    return { object: 'list', model: 'told', data: [{ object: 'embedding', index: 0, embedding: [0.5] }], usage };
  if (!path.endsWith('/responses'))
    return { ...base, object: 'chat.completion', choices: [{ index: 0, finish_reason: 'stop', message }], usage };
  const content = [{ type: 'output_text', text: 'Well.', annotations: [] }];
  const output = [{ type: 'message', id: 'm', role: 'assistant', status: 'completed', content }];
  const tokens = { input_tokens: 10, output_tokens: 10, total_tokens: 20 };
  const rest = { parallel_tool_calls: true, tool_choice: 'auto', tools: [], usage: tokens };
  return { id: 'resp_1', object: 'response', created_at: 1, status: 'completed', model: 'told', output, ...rest };
}

function streamed(deltas: readonly Json[]): string {
  const chunk = (more: Json): Json => ({ ...base, object: 'chat.completion.chunk', ...more });
  const pieces = [
    ...deltas.map((delta) => chunk({ choices: [{ index: 0, delta, finish_reason: null }] })),
    chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
    chunk({ choices: [], usage }),
  ];
  return `${pieces.map((piece) => `data: ${JSON.stringify(piece)}\n\n`).join('')}data: [DONE]\n\n`;
}

export async function startTold(): Promise<ToldEngine> {
  let [orders, asked]: [Orders, Json[]] = [{}, []];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const body = (text === '' ? { [request.method ?? '']: request.url } : JSON.parse(text)) as Json;
      asked.push(body);
      const {
        status = 200,
        message = { role: 'assistant', content: 'Well.' },
        deltas = [{ content: 'Well.' }],
      } = orders;
      const isStream = status === 200 && body['stream'] === true;
      response.writeHead(status, {
        ...orders.headers,
        'content-type': isStream ? 'text/event-stream' : 'application/json',
      });
      if (isStream) response.end(streamed(deltas));
      else if (status === 200) response.end(JSON.stringify(whole(request.url ?? '', message)));
      else response.end(JSON.stringify({ error: { message: orders.error ?? 'no', type: 'told', code: status } }));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${String(port)}/v1`,
    tell: (next) => (orders = next),
    asked: () => asked,
    clear: () => (asked = []),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
