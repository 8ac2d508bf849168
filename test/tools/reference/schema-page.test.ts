import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import guard from '../../../guard/config/guard.schema.json';
import waivers from '../../../audit/waivers/waivers.schema.json';
import enclave from '../../../site/schema/enclave.schema.json';
import lock from '../../../site/schema/lock.schema.json';
import site from '../../../site/schema/site.schema.json';
import trust from '../../../site/schema/trust.schema.json';
import { fieldsOf, type Schema } from '../../../tools/reference/fields';
import { schemaPage, takes } from '../../../tools/reference/schema-page';

const FILES: readonly (readonly [string, Schema])[] = [
  ['site.yaml', site],
  ['enclave.yaml', enclave],
  ['airlock.lock.json', lock],
  ['waivers.yaml', waivers],
  ['trust.yaml', trust],
  ['guard.yaml', guard],
];

const ajv = addFormats(new Ajv2020({ strict: true, keywords: ['tsType'] }), ['date']);

/** How often a key stands anywhere in a schema as the name of a field. */
function namedIn(schema: object, names: Set<string> = new Set()): Set<string> {
  for (const [key, value] of Object.entries(schema)) {
    if (typeof value !== 'object' || value === null) continue;
    if (key === 'properties') for (const name of Object.keys(value as object)) names.add(name);
    namedIn(value as object, names);
  }
  return names;
}

describe.each(FILES)('the fields of %s', (_name, root) => {
  const fields = fieldsOf(root);

  it('are all listed, each once', () => {
    const paths = fields.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    const listed = new Set(
      paths.map((path) =>
        path
          .split('.')
          .at(-1)
          ?.replace(/(?:\[\])+$/, ''),
      ),
    );
    expect([...namedIn(root)].filter((name) => !listed.has(name))).toEqual([]);
  });

  it.each(fields.map((field) => [field.path, field] as const))(
    '%s says what it means, and what it takes',
    (_path, field) => {
      expect(field.schema.description).toMatch(/^\S.{5,}/);
      expect(takes(field.schema, root)).not.toBe('');
    },
  );

  const given = fields.flatMap(({ path, schema }) => {
    const { default: fallback, examples = [], ...rest } = schema;
    const values = [...examples, ...(fallback === undefined ? [] : [fallback])];
    return values.map((value) => [path, value, { ...rest, $defs: root.$defs ?? {} }] as const);
  });
  if (given.length > 0)
    it.each(given)('%s takes its example or default %j', (_path, value, schema) => {
      const validate = ajv.compile(schema);
      validate(value);
      expect(validate.errors).toBeNull();
    });
});

describe('a page', () => {
  const page = (field: Schema): string =>
    schemaPage('# Head\n', { type: 'object', required: ['a'], properties: { a: field } });

  it('shows type, allowed values, whether it is needed, what it means and an example', () => {
    expect(page({ type: 'integer', minimum: 1, maximum: 9, description: 'Days.', examples: [3] })).toContain(
      '| `a` | whole number, 1 to 9 | yes | Days. Example: `3` |',
    );
  });

  it('keeps a pipe from ending a cell', () => {
    expect(page({ type: 'string', pattern: '^(a|b)$', description: 'One|other.' })).toContain(
      '| text that matches `^(a\\|b)$` | yes | One\\|other. |',
    );
  });

  it('is not made of a field that nobody describes, or whose values nobody knows', () => {
    expect(() => page({ type: 'string' })).toThrow('a has no description');
    expect(() => page({ description: 'Days.' })).toThrow('nobody has said what');
  });

  it('lists fields that stand twice once, and says where', () => {
    const part: Schema = { type: 'object', description: 'Both.', properties: { c: { const: 1, description: 'One.' } } };
    const root: Schema = {
      properties: {
        a: { $ref: '#/$defs/part' },
        b: { type: 'array', description: 'Some.', items: { $ref: '#/$defs/part' } },
      },
      $defs: { part },
    };
    expect(fieldsOf(root).map(({ path, as }) => [path, as])).toEqual([
      ['a', undefined],
      ['a.c', undefined],
      ['b', 'a'],
    ]);
  });
});
