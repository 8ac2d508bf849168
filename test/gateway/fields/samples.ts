/** Values of each shape, and requests with one field of the tables each; whole, so that LiteLLM and engines take them. */
import type { Fields, ObjectShape, Shape } from '../../../gateway/fields';

/** A value that has the shape. */
export function sample(shape: Shape): unknown {
  switch (shape.is) {
    case 'text':
      return 'words';
    case 'name':
      return 'word';
    case 'number':
    case 'integer':
      return 1;
    case 'boolean':
      return false;
    case 'choice':
      return shape.of[0];
    case 'data':
      return 'data:image/png;base64,AAAA';
    case 'json':
      return { type: 'object', properties: { place: { type: 'string' } } };
    case 'weights':
      return { '7': 1 };
    case 'nothing':
      return null;
    case 'ignored':
      return { refusal: null };
    case 'list':
      return [sample(shape.of)];
    case 'object':
      return whole(shape);
    case 'kind':
      return whole(Object.values(shape.of)[0]!);
    case 'either':
      return sample(shape.of[0]!);
  }
}

const whole = ({ fields }: ObjectShape): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, shape]) => shape.unless === undefined)
      .map(([name, shape]) => [name, sample(shape)]),
  );

/** A place in a request, and how a value gets there. */
export interface Place {
  /** As refusals write it, e.g. `messages[0].content[0].text`. */
  readonly at: string;
  readonly shape: Shape;
  /** The value of the field at the top, with another value at the place. */
  readonly put: (value: unknown) => unknown;
}

const within = (places: readonly Place[], wrap: (value: unknown) => unknown): Place[] =>
  places.map(({ put, ...place }) => ({ ...place, put: (value) => wrap(put(value)) }));

function inObject(object: ObjectShape, at: string): Place[] {
  return Object.entries(object.fields).flatMap(([name, shape]) =>
    within(placesOf(shape, `${at}.${name}`), (value) => ({ ...whole(object), [name]: value })),
  );
}

/** The place itself, and all within it. */
export function placesOf(shape: Shape, at: string): Place[] {
  const self: Place = { at, shape, put: (value) => value };
  switch (shape.is) {
    case 'list':
      return [self, ...within(placesOf(shape.of, `${at}[0]`), (value) => [value])];
    case 'object':
      return [self, ...inObject(shape, at)];
    case 'kind':
      return Object.values(shape.of).flatMap((one) => [
        { at, shape: one, put: (value: unknown) => value },
        ...inObject(one, at),
      ]);
    case 'either':
      return shape.of.flatMap((one) => placesOf(one, at));
    default:
      return [self];
  }
}

/** Every place of every field of an interface. */
export const everyPlace = (fields: Fields): (Place & { readonly field: string })[] =>
  Object.entries(fields).flatMap(([field, shape]) => placesOf(shape, field).map((place) => ({ ...place, field })));
