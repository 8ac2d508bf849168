/** Every place of every table, of requests, answers and events, with values planted in it. */
import type { Call } from '../../../guard/call';
import { Refusal } from '../../../guard/refusal';
import { ENDPOINTS, type EndpointName } from '../../../guard/endpoints';
import { isObject, type JsonObject } from '../../../guard/json/read-body';
import type { ObjectShape, Shape } from '../../../gateway/fields';
import { type Place, placesOf, sample } from '../../gateway/fields/samples';
import { callOf as call, EVERY_ENDPOINT } from '../policies';

const VALUE = 'jane.doe@leak.example';
const CARD = 4111111111111111;

/** Ways to write a value into a place, whatever the place takes. */
export const PLANTS: readonly unknown[] = [
  VALUE,
  `Write to ${VALUE}, please`,
  'jane.doe%40leak.example',
  [VALUE],
  { [VALUE]: 1 },
  { a: { b: [VALUE] } },
  CARD,
  { type: VALUE, text: VALUE },
];

const leaks = (value: unknown): boolean => {
  return /leak\.example|4111111111111111/.test(JSON.stringify([value]));
};

/** Numbers that say which text a piece belongs to. */
const NUMBERS = ['index', 'output_index', 'content_index', 'summary_index'];

/** An event as engines write it: with its numbers, and with nothing in texts that pieces follow. @param opens it opens a text */
function asSent(shape: Shape, value: unknown, opens: boolean): unknown {
  if (shape.is === 'list' && Array.isArray(value)) return value.map((item) => asSent(shape.of, item, opens));
  if (!isObject(value)) return value;
  const kind = shape.is === 'kind' ? shape.of[value[shape.by] as string] : shape;
  if (kind?.is !== 'object') return value;
  const numbers = NUMBERS.filter((name) => Object.hasOwn(kind.fields, name)).map((name) => [name, 0] as const);
  const said = Object.entries({ ...value, ...Object.fromEntries(numbers) }).map(([name, item]) => {
    const field = Object.hasOwn(kind.fields, name) ? kind.fields[name] : undefined;
    if (field === undefined) return [name, item] as const;
    return [name, opens && field.is === 'text' && item === 'words' ? '' : asSent(field, item, opens)] as const;
  });
  return Object.fromEntries(said);
}

const eventOf = (name: EndpointName, value: unknown): JsonObject => {
  const { stream: form } = ENDPOINTS[name];
  if (form === undefined || !isObject(value)) return value as JsonObject;
  return asSent(form.event, value, form.opens.has(String(value['type']))) as JsonObject;
};

/** What a table lets out; nothing where it refuses. */
function outcome(make: () => unknown): { readonly out: unknown; readonly refused: boolean } {
  try {
    return { out: make(), refused: false };
  } catch (error) {
    if (error instanceof Refusal) return { out: error.message, refused: true };
    throw error;
  }
}

const BASE: Readonly<Record<EndpointName, JsonObject>> = {
  chat: { messages: [{ role: 'user', content: 'hi' }] },
  completions: { prompt: 'hi' },
  embeddings: { input: 'hi' },
  responses: { input: 'hi' },
  messages: { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 },
};

const tops = (shape: Shape): readonly ObjectShape[] =>
  shape.is === 'object' ? [shape] : shape.is === 'kind' ? Object.values(shape.of) : [];

/** Places of an object, with the whole object around each. */
const placesIn = (shape: Shape): Place[] =>
  tops(shape).flatMap((top) => placesOf(top, '').filter(({ at }) => at !== ''));

/** Objects in which a field that no table has may stand. */
const isOpen = ({ shape }: Place): boolean => shape.is === 'object';

export interface Tried {
  /** Values that were put into a place. */
  values: number;
  /** Unknown fields and kinds. */
  unknown: number;
}

/** Holds every table to it. @param packs that the workflow redacts by; both must find the values */
export function holdPositions(plants: readonly unknown[], packs: readonly string[]): Tried {
  const tried: Tried = { values: 0, unknown: 0 };
  const callOf = (name: EndpointName, body: JsonObject): Call => call(name, body, { redaction: { packs: [...packs] } });

  describe.each(EVERY_ENDPOINT)('%s', (name) => {
    const endpoint = ENDPOINTS[name];

    it('lets no value through a request', () => {
      const leaked: string[] = [];
      for (const { at, put } of Object.entries(endpoint.request).flatMap(([field, shape]) =>
        placesOf(shape, field).map((place) => ({ ...place, put: (value: unknown) => ({ [field]: place.put(value) }) })),
      ))
        for (const plant of plants) {
          tried.values += 1;
          const body = put(plant) as JsonObject;
          if ('model' in body && body['model'] !== 'claims') {
            expect(outcome(() => callOf(name, { ...BASE[name], ...body })).refused).toBe(true);
            continue;
          }
          const { out } = outcome(() => callOf(name, { ...BASE[name], ...body }).request);
          if (leaks(out)) leaked.push(`${at}: ${JSON.stringify(plant)}`);
        }
      expect(leaked).toEqual([]);
    });

    it('lets no value through an answer', () => {
      const leaked: string[] = [];
      for (const { at, put, shape } of placesIn(endpoint.answer))
        for (const plant of plants) {
          if (shape.is === 'integer' || shape.is === 'number') continue;
          tried.values += 1;
          const { out } = outcome(() => callOf(name, BASE[name]).answer(put(plant) as JsonObject));
          if (leaks(out)) leaked.push(`${at}: ${JSON.stringify(plant)}`);
        }
      expect(leaked).toEqual([]);
    });

    it('lets no value through an event', () => {
      const { stream: form } = endpoint;
      if (form === undefined) return;
      const leaked: string[] = [];
      for (const { at, put, shape } of placesIn(form.event))
        for (const plant of plants) {
          if (shape.is === 'integer' || shape.is === 'number') continue;
          tried.values += 1;
          const { out } = outcome(() => {
            const stream = callOf(name, { ...BASE[name], stream: true }).stream();
            return [...stream.event(eventOf(name, put(plant))), ...stream.end()];
          });
          if (leaks(out)) leaked.push(`${at}: ${JSON.stringify(plant)}`);
        }
      expect(leaked).toEqual([]);
    });

    it('refuses every field that no table has, and names it', () => {
      const places = Object.entries(endpoint.request).flatMap(([field, shape]) =>
        placesOf(shape, field)
          .filter(isOpen)
          .map(({ put, ...place }) => ({ ...place, put: (value: unknown) => ({ [field]: put(value) }) })),
      );
      for (const { at, shape, put } of [
        ...places,
        { at: '', shape: { is: 'object', fields: {} } as const, put: (value: unknown) => value },
      ]) {
        tried.unknown += 1;
        const body = put({ ...(sample(shape) as JsonObject), vendor_field: 'x' }) as JsonObject;
        expect([at, outcome(() => callOf(name, { ...BASE[name], ...body })).out]).toEqual([
          at,
          expect.stringMatching(/vendor_field: no such field/) as string,
        ]);
      }
    });

    it('drops every field that no table has from answers and events', () => {
      for (const [shape, make] of [
        [endpoint.answer, (body: JsonObject) => callOf(name, BASE[name]).answer(body)],
        [
          endpoint.stream?.event,
          (body: JsonObject) =>
            callOf(name, { ...BASE[name], stream: true })
              .stream()
              .event(eventOf(name, body)),
        ],
      ] as const)
        for (const top of shape === undefined ? [] : tops(shape)) {
          const whole: Place = { at: '', shape: top, put: (value) => value };
          for (const { shape: one, put } of [whole, ...placesOf(top, '')].filter(isOpen)) {
            tried.unknown += 1;
            const body = put({ ...(sample(one) as JsonObject), vendor_field: 'word' });
            expect(isObject(body)).toBe(true);
            expect(JSON.stringify(make(body as JsonObject))).not.toContain('vendor_field');
          }
        }
    });

    it('refuses kinds that no table has', () => {
      const kinds = [
        ...Object.entries(endpoint.request).flatMap(([field, shape]) =>
          placesOf(shape, field).map(({ put, ...place }) => ({
            ...place,
            put: (value: unknown) => ({ [field]: put(value) }),
          })),
        ),
      ].filter(({ shape }) => shape.is === 'kind');
      for (const { at, shape, put } of kinds) {
        if (shape.is !== 'kind') continue;
        tried.unknown += 1;
        const body = put({ ...(sample(shape) as JsonObject), [shape.by]: 'vendor' }) as JsonObject;
        expect([at, outcome(() => callOf(name, { ...BASE[name], ...body })).refused]).toEqual([at, true]);
      }
      for (const [shape, make] of [
        [endpoint.answer, (body: JsonObject) => callOf(name, BASE[name]).answer(body)],
        [
          endpoint.stream?.event,
          (body: JsonObject) =>
            callOf(name, { ...BASE[name], stream: true })
              .stream()
              .event(eventOf(name, body)),
        ],
      ] as const)
        for (const { at, shape: one, put } of shape === undefined ? [] : placesIn(shape)) {
          if (one.is !== 'kind') continue;
          tried.unknown += 1;
          const body = put({ ...(sample(one) as JsonObject), [one.by]: 'vendor' }) as JsonObject;
          expect([at, outcome(() => make(body)).refused]).toEqual([at, true]);
        }
    });
  });

  return tried;
}
