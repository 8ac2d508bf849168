import { differences } from '../../../cluster/deploy/same-value';
import { leavesOf } from '../../blueprint/files';

const STATED = {
  metadata: { name: 'allow', namespace: 'serving', labels: { app: 'x', text: '$${literal}' } },
  spec: {
    policy_types: ['Ingress', 'Egress'],
    egress: [
      {
        ports: [
          { port: '53', protocol: 'UDP' },
          { port: '53', protocol: 'TCP' },
        ],
        to: [],
      },
      { ports: [{ port: 443, protocol: 'TCP' }], to: [{ ip_block: { cidr: '10.0.0.1/32' } }] },
    ],
    pod_selector: {},
  },
  wait: true,
  max_history: 10,
};
/** As the provider of Kubernetes plans it: blocks are lists, sets have an order of their own, defaults are filled in. */
const PLANNED = {
  id: null,
  metadata: [{ name: 'allow', namespace: 'serving', generate_name: null, labels: { app: 'x', text: '${literal}' } }],
  spec: [
    {
      policy_types: ['Ingress', 'Egress'],
      egress: [
        {
          ports: [
            { port: '53', protocol: 'UDP' },
            { port: '53', protocol: 'TCP' },
          ],
          to: [],
        },
        {
          ports: [{ port: '443', protocol: 'TCP', end_port: null }],
          to: [{ ip_block: [{ cidr: '10.0.0.1/32', except: [] }] }],
        },
      ],
      ingress: [],
      pod_selector: [{ match_labels: null }],
    },
  ],
  wait: true,
  max_history: 10,
  atomic: false,
};

const TYPE = 'kubernetes_network_policy_v1';

type Steps = readonly (string | number)[];

/** The value with another at one place. */
function withChange(value: unknown, [key, ...rest]: Steps, change: (leaf: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >;
  copy[key] = withChange(copy[key], rest, change);
  return copy;
}

it('takes a planned value for the stated one, whatever form the provider gives it', () => {
  expect(differences(TYPE, STATED, PLANNED, {})).toEqual([]);
});

const LEAVES = leavesOf(STATED).filter((steps) => {
  const leaf = steps.reduce<unknown>((value, step) => (value as Record<string | number, unknown>)[step], STATED);
  return typeof leaf !== 'object';
});

describe('every stated leaf', () => {
  it.each(LEAVES.map((steps) => [steps.join('.'), steps] as const))(
    '%s must be planned as it is stated',
    (_, steps) => {
      const other = (leaf: unknown): unknown =>
        typeof leaf === 'boolean' ? !leaf : typeof leaf === 'number' ? leaf + 1 : `${String(leaf)}x`;
      expect(differences(TYPE, withChange(STATED, steps, other) as typeof STATED, PLANNED, {})).not.toEqual([]);
    },
  );
});

/** One argument, stated and planned. */
const argument = (stated: unknown, planned: unknown, key = 'at', type = TYPE): string[] =>
  differences(type, { [key]: stated }, { [key]: planned }, {}).map(({ path }) => path);

it.each([
  ['a shorter list', ['a', 'b'], ['a']],
  ['a longer list', ['a'], ['a', 'b']],
  ['the same element twice', ['a', 'b'], ['a', 'a']],
  ['another element where one is stated twice', ['a', 'a'], ['evil', 'a']],
  [
    'a rule for all beside one that is stated twice',
    [{ to: 'x' }, { to: 'x', ports: [1] }],
    [{ to: '0.0.0.0/0' }, { to: 'x', ports: [1] }],
  ],
  ['another order of words', ['sh', '-c', 'x'], ['x', '-c', 'sh']],
  ['a missing block', { a: 1 }, null],
  ['an empty block that is missing', {}, null],
  ['an empty block that is filled', {}, [{ match_labels: { app: 'x' } }]],
  ['no list', ['a'], null],
  ['an object for an empty list', [], { a: 1 }],
  ['an object for a text', 'a', { a: 1 }],
  ['null for a text', 'a', null],
  ['an inherited member', { toString: 'x' }, {}],
  ['a further member of a map', { a: 'x' }, { a: 'x', evil: 'y' }],
  ['a value where null is stated', null, 'x'],
  ...[
    ['1.10', '1.1'],
    ['010', '10'],
    ['0644', '644'],
    ['1000', '1k'],
    ['1e3', '1000'],
    ['x', 'X'],
  ].map(([one, other]) => [`${String(one)} as ${String(other)}`, one, other] as const),
])('refuses %s', (_, stated, planned) => {
  expect(argument(stated, planned)).not.toEqual([]);
});

it('refuses what nobody stated, and takes what the provider is known to fill in, in that type alone', () => {
  expect(differences(TYPE, {}, { host_network: true }, {})).toEqual([
    { path: 'host_network', why: 'is planned, and nobody stated it' },
  ]);
  expect(differences('helm_release', {}, { timeout: 300, version: '1.0.0', id: 'x', atomic: false }, {})).toEqual([]);
  expect(differences('helm_release', {}, { timeout: 301 }, {})).toHaveLength(1);
  expect(differences(TYPE, {}, { timeout: 300 }, {})).toHaveLength(1);
  expect(
    differences(TYPE, { metadata: { name: 'x' } }, { metadata: [{ name: 'x', uid: 'u', labels: null }] }, {}),
  ).toEqual([]);
});

it('refuses a stated value of which nobody knows yet what it will be', () => {
  expect(differences(TYPE, { a: 'x' }, {}, { a: true })).toEqual([
    { path: 'a', why: expect.stringContaining('nobody knows') as string },
  ]);
  expect(differences(TYPE, { a: { b: 'x' } }, {}, { a: true })).toHaveLength(1);
});

it('leaves to Terraform what an expression comes to', () => {
  expect(differences(TYPE, { a: '${var.kubeconfig}' }, {}, { a: true })).toEqual([]);
});

it('takes quantities as the API server writes them, where there are quantities', () => {
  for (const [stated, planned] of [
    ['0.5', '500m'],
    ['0.7', '700m'],
    ['1024Mi', '1Gi'],
    ['1000', '1k'],
  ])
    expect(argument({ cpu: stated }, { cpu: planned }, 'hard')).toEqual([]);
  expect(argument({ cpu: '0.5' }, { cpu: '501m' }, 'hard')).toHaveLength(1);
});

it('takes sets in the order of the provider, and an empty text or list for none', () => {
  expect(argument(['ReadWriteOnce', 'ReadOnlyMany'], ['ReadOnlyMany', 'ReadWriteOnce'], 'access_modes')).toEqual([]);
  expect(argument('', null)).toEqual([]);
  expect(argument([], null)).toEqual([]);
});
