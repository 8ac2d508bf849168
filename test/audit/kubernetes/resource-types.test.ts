import { TYPED_RESOURCES } from '../../../audit/kubernetes/typed-resources';
import { Draft } from '../plans/draft';
import { resourceTypes } from '../terraform/bindings';

/** Types whose objects rules of the audit judge, or that can do nothing; whatever else there is, is unproven. */
const READ = new Set(
  [
    ...['config_map', 'limit_range', 'namespace', 'persistent_volume_claim', 'pod', 'replication_controller'],
    ...['resource_quota', 'secret', 'service', 'service_account', 'deployment', 'stateful_set', 'cron_job', 'job'],
    ...['network_policy', 'pod_disruption_budget', 'cluster_role', 'cluster_role_binding', 'role', 'role_binding'],
    ...['priority_class', 'horizontal_pod_autoscaler', 'endpoints'],
  ].flatMap((name) => [`kubernetes_${name}`, `kubernetes_${name}_v1`]),
);
for (const name of ['daemonset', 'daemon_set_v1', 'endpoint_slice_v1', 'runtime_class_v1', 'manifest'])
  READ.add(`kubernetes_${name}`);
for (const version of ['v2', 'v2beta2']) READ.add(`kubernetes_horizontal_pod_autoscaler_${version}`);

const others = resourceTypes('kubernetes').filter((type) => !READ.has(type));

describe('the resource types of the provider', () => {
  it('are read, or known not to be', () => {
    expect(others.length).toBeGreaterThan(20);
    expect([...READ].filter((type) => type !== 'kubernetes_manifest' && !TYPED_RESOURCES.has(type))).toEqual([]);
    expect(others).toEqual(
      expect.arrayContaining(['kubernetes_config_map_v1_data', 'kubernetes_default_service_account_v1']),
    );
  });

  it.each([...others, 'kubernetes_anything'])('leave everything unproven as %s', (type) => {
    const draft = new Draft().put(`/resource/${type}/x`, {
      metadata: { name: 'x', namespace: 'airlock-serving' },
      data: { a: 'b' },
    });
    const unproven = draft.allFindings().filter(({ verdict }) => verdict === 'UNPROVEN');
    const rules = new Set(unproven.flatMap(({ rule, folds = [] }) => [rule, ...folds.map((fold) => fold.rule)]));
    expect(
      [...['AIR-PLAN-1', 'AIR-POD-1', 'AIR-NET-1', 'AIR-RBAC-1', 'AIR-SEC-1']].filter((rule) => !rules.has(rule)),
    ).toEqual([]);
  });
});

describe('the lifecycle of a resource', () => {
  const LIFECYCLE = '/resource/kubernetes_network_policy_v1/serving_deny/lifecycle';
  const fails = (lifecycle: unknown): boolean =>
    new Draft()
      .put(LIFECYCLE, lifecycle)
      .findings('AIR-PLAN-1')
      .some(({ verdict }) => verdict === 'UNPROVEN');

  it.each([
    { prevent_destroy: true },
    [{ create_before_destroy: false }],
    { ignore_changes: [] },
    { precondition: [{ condition: '${local.a == "b"}', error_message: 'no' }] },
  ])('may say %j', (lifecycle) => expect(fails(lifecycle)).toBe(false));

  it.each([
    { enabled: true },
    { enabled: '${var.cluster_name}' },
    { destroy: false },
    { ignore_changes: 'all' },
    { ignore_changes: ['spec'] },
    { replace_triggered_by: ['kubernetes_namespace_v1.serving'] },
    { postcondition: [{ condition: true, error_message: 'no' }] },
    { precondition: [{ condition: true, error_message: 'no', more: 'x' }] },
    { prevent_destroy: '${var.cluster_name}' },
    { anything: 1 },
    'x',
  ])('may not say %j', (lifecycle) => expect(fails(lifecycle)).toBe(true));
});
