/** Answers of the next hop, as callers get them. */
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Call } from '../call';
import type { Endpoint } from '../endpoints';
import { isObject, readAnswer } from '../json/read-body';
import { Refusal } from '../refusal';
import { dataOf, DONE, eventText } from '../stream/sse';
import { errorEvent } from './errors';
import { textOf, type UpstreamAnswer } from './upstream';

/** The events of an answer, as text. @throws Refusal what ends it */
async function* eventsOf(
  call: Call,
  endpoint: Endpoint,
  answer: UpstreamAnswer,
  longest: number,
): AsyncGenerator<string> {
  const stream = call.stream();
  const { isNamed = false, hasDone = false } = endpoint.stream ?? {};
  let isDone = false;
  for await (const data of dataOf(answer.body, longest)) {
    isDone = data.trim() === DONE;
    if (isDone) break;
    const event = readAnswer(data);
    for (const made of stream.event(event)) yield eventText(made, isNamed);
  }
  if (hasDone && !isDone) throw new Refusal(502, 'no_answer', 'the answer broke off');
  for (const made of stream.end()) yield eventText(made, isNamed);
  if (hasDone) yield eventText(DONE, isNamed);
}

const asRefusal = (error: unknown): Refusal =>
  error instanceof Refusal ? error : new Refusal(502, 'no_answer', 'the answer broke off');

/** With an error as its last event where it ends early: what has gone out cannot be taken back. */
async function* untilRefused(
  first: IteratorResult<string>,
  rest: AsyncGenerator<string>,
  endpoint: Endpoint,
  failed: (refusal: Refusal) => void,
): AsyncGenerator<string> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  } catch (error) {
    const refusal = asRefusal(error);
    failed(refusal);
    const isNamed = endpoint.stream?.isNamed ?? false;
    yield eventText(errorEvent(endpoint.api, refusal, isNamed), isNamed);
  }
}

export interface Answering {
  readonly call: Call;
  readonly endpoint: Endpoint;
  readonly answer: UpstreamAnswer;
  /** Most bytes of an answer, and of an event. */
  readonly longest: number;
  /** Told what ended a stream early. */
  readonly failed: (refusal: Refusal) => void;
}

async function jsonIn(answer: UpstreamAnswer, longest: number): Promise<unknown> {
  try {
    return readAnswer(await textOf(answer, longest));
  } catch {
    return undefined;
  }
}

/** Sends what came. @throws Refusal where nothing was sent yet, and nothing will be */
export async function sendAnswer(reply: FastifyReply, options: Answering): Promise<FastifyReply> {
  const { call, endpoint, answer, longest, failed } = options;
  if (answer.status !== 200) throw call.failure(answer.status, await jsonIn(answer, longest));
  const expected = call.isStreamed ? 'text/event-stream' : 'application/json';
  if (answer.type !== expected) {
    answer.discard();
    throw new Refusal(502, 'answer_not_understood', `the answer is no ${expected}`);
  }
  if (!call.isStreamed) {
    const body = readAnswer(await textOf(answer, longest));
    if (isObject(body['error'])) throw call.failure(502, body);
    return reply.send(call.answer(body));
  }
  const events = eventsOf(call, endpoint, answer, longest);
  // A stream that is refused at once gets a status of its own.
  const first = await events.next().catch((error: unknown) => {
    throw asRefusal(error);
  });
  return reply
    .type('text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(Readable.from(untilRefused(first, events, endpoint, failed)));
}
