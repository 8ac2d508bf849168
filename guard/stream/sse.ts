/** Server-sent events (HTML Standard, section 9.2): read from bytes, and written anew. */
import type { JsonObject } from '../json/read-body';
import { Refusal } from '../refusal';

/** The data of each event; what else a stream may hold (ids, times, comments) goes no further. */
export async function* dataOf(bytes: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let [rest, data]: [string, string[]] = ['', []];
  const linesIn = (chunk?: Uint8Array): string[] => {
    try {
      rest += decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new Refusal(502, 'answer_not_understood', 'the answer is no UTF-8');
    }
    if (rest.length + data.reduce((sum, { length }) => sum + length, 0) > longest)
      throw new Refusal(502, 'answer_not_understood', `an event of the answer is longer than ${longest} characters`);
    // A carriage return at the end may be half of a line end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    return lines;
  };
  function* eventsIn(lines: readonly string[]): Generator<string> {
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
      if (line !== '' || data.length === 0) continue;
      yield data.join('\n');
      data = [];
    }
  }
  for await (const chunk of bytes) yield* eventsIn(linesIn(chunk));
  // Engines do not always end their last event with an empty line.
  yield* eventsIn([...linesIn(), rest.replace(/\r$/, ''), '']);
}

export const DONE = '[DONE]';

/** @param isNamed whether the type of the event has a line of its own */
export function eventText(event: JsonObject | typeof DONE, isNamed: boolean): string {
  if (event === DONE) return `data: ${DONE}\n\n`;
  const name = isNamed && typeof event['type'] === 'string' ? `event: ${event['type']}\n` : '';
  return `${name}data: ${JSON.stringify(event)}\n\n`;
}
