import fc from 'fast-check';
import { Refusal } from '../../../guard/refusal';
import { dataOf, DONE, eventText } from '../../../guard/stream/sse';

async function* inPieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  for (const [at, from] of places.entries()) yield await Promise.resolve(bytes.subarray(from, places[at + 1]));
}

async function eventsIn(text: string | Uint8Array, cuts: readonly number[] = [], longest = 1e6): Promise<string[]> {
  const found: string[] = [];
  for await (const data of dataOf(inPieces(Buffer.from(text), cuts), longest)) found.push(data);
  return found;
}

it('reads the same events wherever the bytes are cut, and whichever line ends they have', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'ä', '\u{1f600}', ' ', ':', 'data: ') }), { minLength: 1 }),
      fc.array(fc.nat({ max: 500 }), { maxLength: 20 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      async (texts, cuts, end) => {
        const stream = texts
          .map((text) => `event: x${end}: comment${end}id: 1${end}data: ${text}${end}${end}`)
          .join('');
        expect(await eventsIn(stream, cuts)).toEqual(texts);
      },
    ),
    { numRuns: 300 },
  );
});

it('puts lines of data together', async () => {
  expect(await eventsIn('data: {"a":\ndata: 1}\n\n')).toEqual(['{"a":\n1}']);
});

it('reads a last event that no empty line ends', async () => {
  expect(await eventsIn('data: a\n\ndata: [DONE]')).toEqual(['a', DONE]);
});

it.each<[string, Uint8Array]>([
  ['an event that is too long', Buffer.from(`data: ${'a'.repeat(2000)}\n\n`)],
  ['an event of too many lines', Buffer.from('data: aaaaaaaaa\n'.repeat(200))],
  ['an event of empty lines without end', Buffer.from('data:\n'.repeat(2000))],
  ['a line that never ends', Buffer.from('a'.repeat(2000))],
  ['bytes that are no UTF-8', Buffer.from([0x64, 0xff, 0x0a])],
  ['half of a character at the end', Buffer.from([0x64, 0xc3])],
])('refuses %s', async (_, bytes) => {
  await expect(eventsIn(bytes, [], 1000)).rejects.toThrow(Refusal);
});

it('counts each event by itself, however many come at once', async () => {
  expect(await eventsIn('data: aaaaaaa\n\n'.repeat(200), [], 100)).toHaveLength(200);
});

it('writes what it reads', async () => {
  const events = [{ type: 'ping', text: 'a\nb' }, { type: 'message_stop' }];
  for (const isNamed of [true, false])
    expect(
      (await eventsIn(events.map((event) => eventText(event, isNamed)).join(''))).map(
        (data) => JSON.parse(data) as unknown,
      ),
    ).toEqual(events);
  expect(eventText(DONE, false)).toBe('data: [DONE]\n\n');
  expect(eventText({ type: 'ping' }, true)).toBe('event: ping\ndata: {"type":"ping"}\n\n');
});
