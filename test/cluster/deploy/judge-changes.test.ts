import { judgeChanges } from '../../../cluster/deploy/judge-changes';

const SOURCE = 'registry.terraform.io/hashicorp/kubernetes';
const CONFIGURATION = {
  terraform: { required_providers: { kubernetes: { source: SOURCE, version: '2.38.0' } } },
  resource: {
    kubernetes_namespace_v1: {
      one: {
        '//': { metadata: {} },
        metadata: { name: 'one' },
        depends_on: ['x'],
        lifecycle: { prevent_destroy: true },
      },
    },
    terraform_data: { two: { input: 'x' } },
  },
};

const entry = (type: string, name: string, after: object, more: object = {}): Record<string, unknown> => ({
  ...{ address: `${type}.${name}`, mode: 'managed', type, name, provider_name: SOURCE },
  change: { actions: ['create'], before: null, after, after_unknown: { id: true } },
  ...more,
});
const one = (more: object = {}): Record<string, unknown> =>
  entry('kubernetes_namespace_v1', 'one', { metadata: [{ name: 'one', labels: null }] }, more);
const two = entry('terraform_data', 'two', { input: 'x' }, { provider_name: 'terraform.io/builtin/terraform' });
const shown = (changes: readonly object[], more: object = {}): object => ({
  ...{
    format_version: '1.2',
    terraform_version: '1.13.4',
    planned_values: {},
    configuration: {},
    errored: false,
    complete: true,
  },
  ...{ timestamp: '2026-11-30T12:00:00Z', applyable: true, checks: [], resource_changes: changes, ...more },
});
const faultsOf = (plan: object): string[] =>
  judgeChanges(CONFIGURATION, plan).faults.map(({ address, message }) => `${address}: ${message}`);

it('passes a plan that does what the configuration states', () => {
  expect(judgeChanges(CONFIGURATION, shown([one(), two]))).toEqual({ faults: [], destroyed: [] });
});

it.each(['no-op', 'create', 'update'])('takes the action %s', (action) => {
  const change = { ...(one()['change'] as object), actions: [action] };
  expect(faultsOf(shown([one({ change }), two]))).toEqual([]);
});

it.each(['read', 'forget', 'none', 'open', 'renew', 'anything'])('refuses the action %s', (action) => {
  const change = { ...(one()['change'] as object), actions: [action] };
  expect(faultsOf(shown([one({ change }), two]))).toEqual([expect.stringContaining(`"${action}"`)]);
});

it('names what would be destroyed or replaced', () => {
  const replaced = { ...(one()['change'] as object), actions: ['delete', 'create'] };
  const gone = { ...entry('terraform_data', 'gone', {}), change: { actions: ['delete'], before: {}, after: null } };
  expect(judgeChanges(CONFIGURATION, shown([one({ change: replaced }), two, gone]))).toEqual({
    faults: [],
    destroyed: ['kubernetes_namespace_v1.one', 'terraform_data.gone'],
  });
});

it.each<[string, object, RegExp]>([
  [
    'a value that differs',
    shown([one({ change: { actions: ['create'], after: { metadata: [{ name: 'other' }] } } }), two]),
    /metadata\.name is planned with another value/,
  ],
  [
    'a resource that nothing declares',
    shown([one(), two, entry('terraform_data', 'third', {})]),
    /nothing of the judged plan declares it/,
  ],
  ['a resource of which nothing is said', shown([two]), /it is declared, and Terraform plans without it/],
  [
    'one of several',
    shown([one(), two, one({ address: 'kubernetes_namespace_v1.one[0]', index: 0 })]),
    /one of several/,
  ],
  [
    'one of a module',
    shown([one({ address: 'module.x.kubernetes_namespace_v1.one', module_address: 'module.x' }), two]),
    /one of several, or of a module/,
  ],
  [
    'another provider',
    shown([one({ provider_name: 'registry.terraform.io/other/kubernetes' }), two]),
    /is none that the plan requires/,
  ],
  [
    'an import',
    shown([one({ change: { ...(one()['change'] as object), importing: { id: 'x' } } }), two]),
    /take over what is there/,
  ],
  ['a leftover', shown([one({ deposed: 'abc' }), two]), /leftover/],
  [
    'a data source that nothing declares',
    shown([one({ mode: 'data', address: 'data.kubernetes_namespace_v1.one' }), one(), two]),
    /nothing of the judged plan declares it/,
  ],
  ['a format of another time', shown([one(), two], { format_version: '2.0' }), /format 2\.0/],
  ['no format', shown([one(), two], { format_version: undefined }), /format/],
  ['a plan that could not be made', shown([one(), two], { errored: true }), /could not make/],
  ['a plan that is not complete', shown([one(), two], { complete: false }), /not complete/],
  ['changes that were put off', shown([one(), two], { deferred_changes: [{ reason: 'x' }] }), /deferred_changes/],
  ['actions that were called', shown([one(), two], { action_invocations: [{}] }), /action_invocations/],
  ['what nobody knows', shown([one(), two], { anything: { a: 1 } }), /anything/],
  [
    'a change without an action',
    shown([one({ change: { ...(one()['change'] as object), actions: [] } }), two]),
    /nothing says what/,
  ],
  ['one address twice', shown([one(), one(), two]), /it is planned twice/],
  [
    'an import of nothing',
    shown([one({ change: { ...(one()['change'] as object), importing: {} } }), two]),
    /take over/,
  ],
  ['a move', shown([one({ previous_address: 'kubernetes_namespace_v1.other' }), two]), /move it from another name/],
  ['an error in words', shown([one(), two], { errored: 'true' }), /could not make/],
  [
    'a built-in provider for an object',
    shown([one({ provider_name: 'terraform.io/builtin/terraform' }), two]),
    /none that the plan requires/,
  ],
  [
    'a value that no change makes',
    shown([one(), two], { planned_values: { root_module: { resources: [{ address: 'a.b' }] } } }),
    /a\.b: it will be there/,
  ],
  [
    'modules',
    shown([one(), two], { planned_values: { root_module: { child_modules: [{ address: 'module.x' }] } } }),
    /modules/,
  ],
  ['an output that nothing declares', shown([one(), two], { output_changes: { x: {} } }), /output\.x: nothing/],
  [
    'a value that nobody stated',
    shown([one({ change: { actions: ['create'], after: { metadata: [{ name: 'one' }], evil: 1 } } }), two]),
    /evil is planned, and nobody stated it/,
  ],
  ['no list of changes', shown([], { resource_changes: 'x' }), /plans without it/],
])('refuses %s', (_, plan, why) => {
  expect(faultsOf(plan).join('\n')).toMatch(why);
});

it.each([[null], [undefined], ['text'], [[]], [{}]])('refuses a document that is %j', (document) => {
  expect(judgeChanges(CONFIGURATION, document).faults.length).toBeGreaterThan(0);
});
