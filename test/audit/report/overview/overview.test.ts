import { DIRECTIONS, rulesOf } from '../../../../audit/kubernetes/network-policy';
import { overviewOf, type AuditOverview } from '../../../../audit/report/overview/overview';
import { Draft, POLICIES } from '../../plans/draft';

const overview = (draft: Draft = new Draft()): AuditOverview => overviewOf(draft.context());

describe('the overview of a plan', () => {
  it('has every rule of every policy as a flow, with who answers for it and why', () => {
    const draft = new Draft();
    const rules = draft.context().policies.flatMap((policy) => DIRECTIONS.flatMap((one) => rulesOf(policy, one)));
    const { flows } = overview(draft);
    expect(rules.length).toBeGreaterThan(1);
    expect(flows.length).toBeGreaterThanOrEqual(rules.length);
    for (const { owner, reason, ports, from, to } of flows)
      for (const said of [
        owner,
        reason,
        ports.join(),
        from.map(({ name }) => name).join(),
        to.map(({ name }) => name).join(),
      ])
        expect(said).not.toBe('');
  });

  it('says "everywhere" and "every port" where a rule names neither', () => {
    const draft = new Draft().put(`${POLICIES}/serving_dns/spec/egress`, [{}]);
    const [flow] = overview(draft).flows.filter(({ policy }) => policy.includes('dns'));
    expect(flow).toMatchObject({ to: [{ name: 'everywhere' }], ports: ['every port'], direction: 'Egress' });
  });

  it('leaves out no policy that it cannot read: it says that it cannot', () => {
    const draft = new Draft().put(`${POLICIES}/serving_dns/spec/egress`, '${var.rules}');
    expect(overview(draft).flows.filter(({ unknown }) => unknown !== undefined)).toHaveLength(1);
  });

  it('names each zone with what it denies and what runs in it', () => {
    const { zones } = overview();
    const serving = zones.find(({ name }) => name === 'airlock-serving');
    expect(serving?.denies).toEqual(['Ingress', 'Egress']);
    expect(serving?.workloads.map(({ role }) => role)).toContain('engine');
    const open = overview(new Draft().drop(`${POLICIES}/serving_deny`)).zones.find(
      ({ name }) => name === 'airlock-serving',
    );
    expect(open?.denies).toEqual([]);
  });

  it('names each model with its digest and the workloads that load it', () => {
    const draft = new Draft();
    const { models } = overview(draft);
    expect(models.map(({ name, digest }) => [name, digest])).toEqual(
      draft.lock.derived.models.map(({ name, manifest }) => [name, manifest.digest]),
    );
    expect(models.flatMap(({ workloads }) => workloads)).toContain('Deployment airlock-serving/chat');
  });

  it('names each account with its rights, and who holds its token', () => {
    const account = { kind: 'ServiceAccount', name: 'reader', namespace: 'airlock-serving' };
    const metadata = { name: 'reader', namespace: 'airlock-serving' };
    const draft = new Draft()
      .put('/resource/kubernetes_role_v1/reader', {
        metadata,
        rule: [{ api_groups: [''], resources: ['secrets'], verbs: ['get'] }],
      })
      .put('/resource/kubernetes_role_binding_v1/reader', {
        ...{ metadata, subject: [account] },
        role_ref: { kind: 'Role', name: 'reader', api_group: 'rbac.authorization.k8s.io' },
      })
      .drop('/resource/kubernetes_deployment_v1/mirror/spec/template/spec/automount_service_account_token');
    const { rights } = overview(draft);
    expect(rights.find(({ account: name }) => name.endsWith('/reader'))?.grants).toEqual([
      { by: 'RoleBinding airlock-serving/reader', rights: ['get on secrets in airlock-serving'] },
    ]);
    expect(rights.flatMap(({ tokens }) => tokens)).toEqual(['Deployment airlock-mirror/weight-mirror']);
  });
});
