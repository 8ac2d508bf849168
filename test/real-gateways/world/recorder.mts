/** A server in the middle that keeps every byte that a client sends, and passes it on. */
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly headers: string;
  /** As it was before it was compressed. */
  readonly body: string;
}

export interface Recorder {
  readonly port: number;
  readonly url: string;
  /** What came since the last call of `clear`. */
  readonly seen: () => readonly Recorded[];
  readonly clear: () => void;
  /** All that came in, ever. */
  readonly everything: () => string;
  readonly close: () => void;
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const decoded = ({ headers }: IncomingMessage, body: Buffer): Buffer =>
  headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;

/** Spreads the events of a streamed answer evenly over a time. */
async function sendSlowly(response: IncomingMessage, answer: ServerResponse, seconds: number): Promise<void> {
  const events = (await readBody(response)).toString('utf8').split(/(?<=\n\n)/);
  for (const event of events) {
    if (answer.destroyed) return;
    answer.write(event);
    await pause((seconds * 1000) / events.length);
  }
  answer.end();
}

interface Passing {
  readonly target: string;
  /** How long an answer takes at least. */
  readonly seconds: number;
}

function passOn({ target, seconds }: Passing, message: IncomingMessage, body: Buffer, answer: ServerResponse): void {
  const upstream = request(`${target}${message.url ?? ''}`, {
    method: message.method ?? 'GET',
    headers: { ...message.headers, host: new URL(target).host },
    // A connection of its own: one that is kept may be closed by the other end just then.
    agent: false,
  });
  upstream.on('response', (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    if (seconds === 0) response.pipe(answer);
    else void sendSlowly(response, answer, seconds);
  });
  upstream.on('error', (error) => answer.writeHead(502).end(error.message));
  answer.on('close', () => upstream.destroy());
  upstream.end(body);
}

/**
 * @param target base address to pass calls to; without it every call is answered with 200 and nothing
 * @param seconds how long a streamed answer takes
 */
export async function startRecorder(target?: string, seconds = 0): Promise<Recorder> {
  let seen: Recorded[] = [];
  const all: string[] = [];
  const server: Server = createServer((message, answer) => {
    void readBody(message).then((body) => {
      const [headers, text] = [JSON.stringify(message.headers), decoded(message, body).toString('latin1')];
      seen.push({ method: message.method ?? '', path: message.url ?? '', headers, body: text });
      all.push(headers, text);
      if (target === undefined) answer.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      else passOn({ target, seconds }, message, body, answer);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${String(port)}`,
    seen: () => seen,
    clear: () => {
      seen = [];
    },
    everything: () => all.join('\n'),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
