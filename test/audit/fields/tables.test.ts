import { RULES } from '../../../audit/rules';
import type { Disposition, Form, Leaf } from '../../../audit/fields/disposition';
import * as forms from '../../../audit/fields/disposition';
import { FIELDS, fieldsOf } from '../../../audit/fields/kinds';
import { unreadFields } from '../../../audit/fields/unread-fields';
import { KNOWN_KINDS } from '../../../audit/kubernetes/kinds';
import { jsonNode } from '../../../audit/plan/node';
import { levelsOf, objectWith, placeOf } from './object-with';

const TABLES = [...FIELDS];
const ALL: readonly (readonly [kind: string, path: string, disposition: Disposition])[] = TABLES.flatMap(
  ([kind, table]) => Object.entries(table).map(([path, disposition]) => [kind, path, disposition] as const),
);

/** Dispositions by identity. */
const ORDER = [...new Set(ALL.map(([, , disposition]) => disposition))];

const unread = (table: ReturnType<typeof fieldsOf>, value: unknown): string[] =>
  unreadFields(jsonNode(value, { pointer: '' }), table ?? {}).map(({ path }) => path);

describe('the tables of fields', () => {
  it('are of the kinds that the audit knows, each of them', () => {
    expect([...FIELDS.keys()].sort()).toEqual([...KNOWN_KINDS.keys()].sort());
  });

  it('name only rules that there are', () => {
    const named = ALL.flatMap(([, , disposition]) => ('by' in disposition ? disposition.by : []));
    const known = [...RULES.map(({ id }) => id), 'AIR-CFG-1', 'AIR-NET-8'];
    expect([...new Set(named)].filter((id) => !known.includes(id))).toEqual([]);
    expect(ALL.filter(([, , disposition]) => 'by' in disposition && disposition.by.length === 0)).toEqual([]);
  });

  it('say a reason for whatever is harmless', () => {
    const reasons = ALL.flatMap(([, , disposition]) => ('by' in disposition ? [] : [disposition.reason]));
    expect(reasons.filter((reason) => reason.length < 10)).toEqual([]);
  });

  it('call a whole subtree harmless in few places', () => {
    const whole = ALL.flatMap(([, path, disposition]) => (path.endsWith('**') && !('by' in disposition) ? [path] : []));
    // Nothing reads a form of what is below `**`: so these are few, and each is looked at.
    expect([...new Set(whole.map((path) => path.replace(/^.*(?=(?:sources\[\]|volumes\[\])\.)/, '')))].sort()).toEqual([
      'sources[].downwardAPI.**',
      'spec.**',
      'volumes[].downwardAPI.**',
    ]);
  });
});

/** Values, none of which any closed form takes. */
const STRANGE: readonly Leaf[] = ['${x}', 'A b\u0000', '../x', '1.5 or so'];
/** A value that a form takes: one that it names, or one of these. */
const SAMPLES: readonly Leaf[] = [1, 'true', 'a', '1Gi', '/a', '30s'];
const namedIn = ({ name }: Form): Leaf[] =>
  name.startsWith('"') ? name.split(' or ').map((one) => JSON.parse(one) as Leaf) : [];
const sampleOf = (form: Form): Leaf | undefined => [...namedIn(form), ...SAMPLES].find((value) => form.holds(value));

/** Fields that several tables share stand here once. */
const HARMLESS = [
  ...new Map(
    ALL.flatMap(([kind, path, disposition]) =>
      'by' in disposition
        ? []
        : [[disposition, path.split('.').at(-1) ?? '', { kind, path, form: disposition.form }] as const],
    ).map(([disposition, tail, field]) => [`${String(ORDER.indexOf(disposition))} ${tail}`, field]),
  ).values(),
];

describe('a harmless field', () => {
  it('is taken with a value of its form, in every table', () => {
    const wrong = HARMLESS.flatMap(({ kind, path, form }) => {
      const sample = sampleOf(form);
      const found = sample === undefined ? ['no sample'] : unread(FIELDS.get(kind), objectWith(path, sample));
      return found.length === 0 ? [] : [`${kind} ${path}: ${form.name}`];
    });
    expect(wrong).toEqual([]);
  });

  it('is not taken with another value, nor with a list or an object', () => {
    const closed = HARMLESS.filter(({ path }) => !path.endsWith('**'));
    const taken = closed.flatMap(({ kind, path, form }) => {
      const values = form === forms.ANY_TEXT ? [1, true, ['a'], { a: 'b' }] : [...STRANGE, ['a'], { a: 'b' }];
      return values
        .filter(
          (value) =>
            !unread(FIELDS.get(kind), objectWith(path, value)).some((place) => place.startsWith(placeOf(path))),
        )
        .map((value) => `${kind} ${path} = ${JSON.stringify(value)}`);
    });
    expect(taken).toEqual([]);
  });
});

describe.each(
  Object.entries(forms).flatMap(([name, form]) => (typeof form === 'object' ? [[name, form] as const] : [])),
)('the form %s', (name, form) => {
  const good: Readonly<Record<string, readonly Leaf[]>> = {
    WHOLE_NUMBER: [0, 7, -3, '7'],
    FLAG: [true, false, 'true', 'false'],
    ANY_TEXT: ['', 'a', '1'],
    QUANTITY: [1, '1', '0.5', '500m', '1Gi', '2e3', '+1k'],
    NAME: ['a', 'a-b', 'a.b', '0'],
    COUNT_OR_SHARE: [1, '1', '25%', '100%'],
    PORT: [80, '80', 'http', 'dns-tcp'],
  };
  const bad: Readonly<Record<string, readonly Leaf[]>> = {
    WHOLE_NUMBER: ['', 'a', 1.5, '1 ', '1\n', '0x1', '1e3', true],
    FLAG: [1, 0, '', 'True', 'yes', 'true '],
    ANY_TEXT: [1, true],
    QUANTITY: ['', '1gi', 'Gi', '1 Gi', '1Gi\n', true, '1/2', '1KiB'],
    NAME: ['', 'A', '-a', 'a-', 'a_b', 'a/b', 'a\n', '${a}', 'a'.repeat(254)],
    COUNT_OR_SHARE: ['', '%', '1%%', '-1', 'a', '1.5', true],
    PORT: ['', 'HTTP', 'a_b', '-a', '1.5', '80/tcp'],
  };

  it('takes what is of it, and nothing else', () => {
    expect(Object.keys(good)).toContain(name);
    expect(good[name]!.filter((value) => !form.holds(value))).toEqual([]);
    expect(bad[name]!.filter((value) => form.holds(value))).toEqual([]);
  });
});

it('takes one of its values alone, as numbers and flags of Terraform too', () => {
  const form = forms.oneOf('Always', 1, true);
  expect(['Always', 1, '1', true, 'true'].filter((value) => !form.holds(value))).toEqual([]);
  expect(['always', 'Always ', '', 0, false, 2].filter((value) => form.holds(value))).toEqual([]);
  expect(form.name).toBe('"Always" or 1 or true');
});

/** Every object in a table, by the path that leads to it. */
const objectsIn = (paths: readonly string[]): string[] => {
  const levels = paths.flatMap(levelsOf);
  // Below `*` any key is known, and below `**` anything.
  const open = paths.filter((path) => /\*$/.test(path)).map((path) => path.replace(/\.?\*+$/, ''));
  return [...new Set(levels)].filter((level) => !open.some((path) => level === path || level.startsWith(`${path}.`)));
};

describe.each(TABLES)('%s', (kind, table) => {
  it('has no field that is not read, at any level, from a release and from a typed resource', () => {
    const levels = objectsIn(Object.keys(table));
    expect(levels).toContain('');
    for (const typed of [false, true]) {
      const missed = levels.filter((level) => {
        const path = level === '' ? 'strange' : `${level}.strange`;
        return !unread(fieldsOf(kind, typed), objectWith(path, 'x')).includes(placeOf(path));
      });
      expect(missed).toEqual([]);
    }
  });

  it('has no list for an object, and no object for a list, that is not read', () => {
    const levels = objectsIn(Object.keys(table)).filter((level) => level !== '');
    const missed = levels.filter((level) => {
      const swapped = level.endsWith('[]')
        ? objectWith(level.slice(0, -2), { strange: 'x' })
        : objectWith(level, [{ strange: 'x' }]);
      return unread(table, swapped).length === 0;
    });
    expect(missed).toEqual([]);
  });
});

it('take one value where the API takes one: a list or an object there is not read', () => {
  const table = { 'spec.judged': forms.judged('AIR-POD-1'), 'spec.list[]': forms.judged('AIR-POD-1') };
  expect(unread(table, { spec: { judged: 'x', list: ['x'] } })).toEqual([]);
  expect(unread(table, { spec: { judged: ['x'], list: [['x']] } })).toEqual(['spec.judged', 'spec.list[0]']);
  expect(unread(table, { spec: { judged: { x: 'x' } } })).toEqual(['spec.judged']);
  expect(unread(table, { spec: { judged: [], list: [] } })).toEqual([]);
});
