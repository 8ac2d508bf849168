/** Server-sent events (HTML Standard, section 9.2): read from bytes, and written anew. */
import type { JsonObject } from '../json/read-body';
import { Refusal } from '../refusal';

/** The data of each event; what else a stream may hold (ids, times, comments) goes no further. */
export async function* dataOf(bytes: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  // The line that has no end yet, in the pieces in which it came: each is looked at once.
  let [begun, begunLength]: [string[], number] = [[], 0];
  let [data, dataLength]: [string[], number] = [[], 0];
  const demandShort = (): void => {
    if (begunLength + dataLength > longest)
      throw new Refusal(502, 'answer_not_understood', `an event of the answer is longer than ${longest} characters`);
  };
  const decoded = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new Refusal(502, 'answer_not_understood', 'the answer is no UTF-8');
    }
  };
  function* eventsIn(lines: readonly string[]): Generator<string> {
    for (const line of lines) {
      if (line.startsWith('data:')) {
        data.push(line.slice(line[5] === ' ' ? 6 : 5));
        dataLength += line.length;
        demandShort();
      }
      if (line !== '' || data.length === 0) continue;
      yield data.join('\n');
      [data, dataLength] = [[], 0];
    }
  }
  /** Lines that have ended with this text. A carriage return at its end may be half of a line end, so it waits for what follows. */
  const linesIn = (text: string): string[] => {
    const waits = begun.at(-1)?.endsWith('\r') === true;
    begun.push(text);
    begunLength += text.length;
    if (!waits && !/[\r\n]/.test(text)) return [];
    const lines = begun.join('').split(/\r\n|\n|\r(?!$)/);
    const rest = lines.pop() ?? '';
    [begun, begunLength] = [[rest], rest.length];
    return lines;
  };
  for await (const chunk of bytes) {
    yield* eventsIn(linesIn(decoded(chunk)));
    demandShort();
  }
  // Engines do not always end their last event with an empty line.
  yield* eventsIn([...linesIn(decoded()), begun.join('').replace(/\r$/, ''), '']);
}

export const DONE = '[DONE]';

/** @param isNamed whether the type of the event has a line of its own */
export function eventText(event: JsonObject | typeof DONE, isNamed: boolean): string {
  if (event === DONE) return `data: ${DONE}\n\n`;
  const name = isNamed && typeof event['type'] === 'string' ? `event: ${event['type']}\n` : '';
  return `${name}data: ${JSON.stringify(event)}\n\n`;
}
