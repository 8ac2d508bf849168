/** The next hop: a gateway, or an engine. */
import { Agent, request } from 'undici';
import { systemCode } from '../../core/system-errors';
import type { GuardPolicy } from '../config/policy';
import type { JsonObject } from '../json/read-body';
import { Refusal } from '../refusal';

const CONNECT_TIMEOUT_MS = 10_000;

export interface UpstreamAnswer {
  readonly status: number;
  /** Without parameters, e.g. `application/json`. */
  readonly type: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** Reads no more of it. */
  readonly discard: () => void;
}

/** Header fields that go on; each has a form, so that none carries a text. */
const PASSED: Readonly<Record<string, RegExp>> = {
  // W3C Trace Context, section 3.2.
  traceparent: /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/,
  'anthropic-version': /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/,
};

/** Of a caller's header fields, those that may go on. */
export const passedFields = (fields: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(PASSED).flatMap(([name, form]) => {
      const value = fields[name];
      return typeof value === 'string' && form.test(value) ? [[name, value]] : [];
    }),
  );

const away = (error: unknown): Refusal =>
  new Refusal(503, 'no_answer', `the model does not answer at the moment (${systemCode(error) ?? 'no connection'})`);

export class Upstream {
  private readonly agent: Agent;

  public constructor(private readonly policy: Pick<GuardPolicy, 'timeoutMs' | 'token'>) {
    const { timeoutMs } = policy;
    this.agent = new Agent({
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: { timeout: CONNECT_TIMEOUT_MS },
    });
  }

  /** @throws Refusal 503 where nothing answers, 502 for an answer in an encoding that was not asked for */
  public async ask(
    url: string,
    body: JsonObject,
    fields: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<UpstreamAnswer> {
    const { token } = this.policy;
    const answer = await request(url, {
      method: 'POST',
      dispatcher: this.agent,
      signal,
      headers: {
        ...fields,
        'content-type': 'application/json',
        accept: body['stream'] === true ? 'text/event-stream' : 'application/json',
        'accept-encoding': 'identity',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    }).catch((error: unknown) => {
      throw away(error);
    });
    const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = answer.headers;
    const discard = (): void => void answer.body.on('error', () => undefined).destroy();
    if (encoding !== 'identity') {
      discard();
      throw new Refusal(502, 'answer_not_understood', 'the answer has an encoding that was not asked for');
    }
    return { status: answer.statusCode, type: mediaType(String(type)), body: answer.body, discard };
  }

  public close(): Promise<void> {
    return this.agent.destroy();
  }
}

const mediaType = (type: string): string => (type.split(';')[0] ?? '').trim().toLowerCase();

/** A whole answer as text. @param longest bytes @throws Refusal 502 for one that is longer, breaks off or is no UTF-8 */
export async function textOf({ body, discard }: UpstreamAnswer, longest: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      length += chunk.length;
      if (length > longest) {
        discard();
        throw new Refusal(502, 'answer_not_understood', `the answer is longer than ${longest} bytes`);
      }
      chunks.push(chunk);
    }
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(502, 'no_answer', 'the answer broke off, or is no UTF-8');
  }
}
