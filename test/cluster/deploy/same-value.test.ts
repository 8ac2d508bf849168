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
      policy_types: ['Egress', 'Ingress'],
      egress: [
        {
          ports: [{ port: '443', protocol: 'TCP', end_port: null }],
          to: [{ ip_block: [{ cidr: '10.0.0.1/32', except: [] }] }],
        },
        {
          ports: [
            { port: '53', protocol: 'UDP' },
            { port: '53', protocol: 'TCP' },
          ],
          to: [],
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
  expect(differences(STATED, PLANNED, {}, '')).toEqual([]);
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
      expect(differences(withChange(STATED, steps, other), PLANNED, {}, '')).not.toEqual([]);
    },
  );
});

it.each([
  ['a shorter list', ['a', 'b'], ['a']],
  ['a longer list', ['a'], ['a', 'b']],
  ['the same element twice', ['a', 'b'], ['a', 'a']],
  ['a missing block', { a: 1 }, null],
  ['no list', ['a'], null],
  ['an object for a text', 'a', { a: 1 }],
  ['null for a text', 'a', null],
  ['an inherited member', { a: { toString: 'x' } }, { a: {} }],
])('refuses %s', (_, stated, planned) => {
  expect(differences(stated, planned, {}, 'at')).not.toEqual([]);
});

it('refuses a stated value of which nobody knows yet what it will be', () => {
  expect(differences({ a: 'x' }, {}, { a: true }, '')).toEqual([
    { path: 'a', why: expect.stringContaining('nobody knows') as string },
  ]);
  expect(differences({ a: { b: 'x' } }, {}, { a: true }, '')).toHaveLength(1);
});

it('leaves to Terraform what an expression comes to, and takes quantities as the API server writes them', () => {
  expect(differences({ a: '${var.kubeconfig}' }, {}, { a: true }, '')).toEqual([]);
  expect(differences({ cpu: '0.5', memory: '1024Mi' }, { cpu: '500m', memory: '1Gi' }, {}, '')).toEqual([]);
  expect(differences({ cpu: '0.5' }, { cpu: '501m' }, {}, '')).toHaveLength(1);
});

it('asks nothing of what is stated as null or as an empty list', () => {
  expect(differences({ a: null, b: [] }, { a: 'default', b: null }, {}, '')).toEqual([]);
});
