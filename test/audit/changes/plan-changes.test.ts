import fc from 'fast-check';
import type { Change } from '../../../audit/changes/change';
import { planChanges } from '../../../audit/changes/plan-changes';
import { buildPlan } from '../../../audit/plan/build-plan';
import type { Plan } from '../../../audit/plan/plan';
import type { Waiver } from '../../../audit/waivers/waiver';
import { digestOf } from '../../../core/digest';
import { Draft, ENGINE, escaped, POD, POLICIES, VALUES, WORKLOAD } from '../plans/draft';
import { another, CLEAN, EVERYWHERE, isSeenAt, leavesBelow } from './leaves';

const since = (change: (draft: Draft) => unknown): readonly Change[] => {
  const draft = new Draft();
  change(draft);
  return planChanges(CLEAN, { plan: draft.plan() });
};

const kinds = (changes: readonly Change[]): string[] => [...new Set(changes.map(({ kind }) => kind))].sort();

type Json = unknown;

/** The same value with the keys of every object in another order. */
const shuffled = (value: Json, random: () => number): Json => {
  if (Array.isArray(value)) return value.map((one) => shuffled(one, random));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, child]) => [random(), [key, shuffled(child, random)]] as const)
      .sort(([a], [b]) => a - b)
      .map(([, entry]) => entry),
  );
};

/** The clean plan as somebody else's printer might write it. */
function rewritten(random: () => number): Plan {
  const files = new Draft().files();
  const configurations = files.configurations.map((one) => {
    const value = shuffled(one.value, random) as { resource: { helm_release: Record<string, { values: string[] }> } };
    for (const release of Object.values(value.resource.helm_release))
      release.values = release.values.map((text) => {
        const plain = text.replace(/\$\$\{/g, '${').replace(/%%\{/g, '%{');
        return escaped(JSON.stringify(shuffled(JSON.parse(plain), random)));
      });
    return { ...one, value };
  });
  return buildPlan({ ...files, configurations });
}

describe('what changed between two plans', () => {
  it('is nothing for the same plan, and for one with its keys, resources and white space in another order', () => {
    expect(since(() => undefined)).toEqual([]);
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (numbers) => {
        const plan = rewritten(() => numbers.next().value as number);
        expect(planChanges(CLEAN, { plan })).toEqual([]);
        expect(planChanges({ plan }, CLEAN)).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });

  it('is seen wherever a value of the plan is another', () => {
    fc.assert(
      fc.property(fc.constantFrom(...EVERYWHERE), (pointer) => expect(isSeenAt(pointer)).toBe(true)),
      { numRuns: 40 },
    );
  });

  it.each(leavesBelow(`${ENGINE}/args`, `${ENGINE}/env`, `${ENGINE}/command`))(
    'names what a program is told, with both values: %s',
    (pointer) => {
      const draft = new Draft();
      const value = draft.get(pointer);
      const changes = since((one) => one.put(pointer, another(value)));
      expect(kinds(changes).every((kind) => kind === 'program' || kind === 'weights')).toBe(true);
      const [said] = [changes.map(({ what, before, after }) => [what, before, after].join(' ')).join('\n')];
      expect(said).toContain(String(value));
      expect(said).toContain(String(another(value)));
    },
  );

  it('names an image with both digests', () => {
    const image = String(new Draft().get(`${ENGINE}/image`));
    const other = image.replace(/[0-9a-f]{64}$/, 'f'.repeat(64));
    expect(since((draft) => draft.put(`${ENGINE}/image`, other))).toEqual([
      {
        ...{ kind: 'image', subject: 'Deployment airlock-serving/chat container engine', what: 'image' },
        ...{ before: image, after: other },
      },
    ]);
  });

  it('names the weights that an engine loads', () => {
    const pointer = leavesBelow(`${POD}/initContainers`).find(
      (one) => /@sha256:/.test(String(new Draft().get(one))) && one.includes('/args/'),
    )!;
    const value = String(new Draft().get(pointer));
    const other = value.replace(/[0-9a-f]{64}$/, 'a'.repeat(64));
    expect(since((draft) => draft.put(pointer, other))).toMatchObject([
      { kind: 'weights', what: 'option --model', before: value, after: other },
    ]);
  });

  const dns = `${POLICIES}/serving_dns/spec`;
  const flowLeaves = leavesBelow(
    ...Object.keys(new Draft().get(POLICIES) as object).map((name) => `${POLICIES}/${name}/spec`),
  );
  it.each(flowLeaves)('says of every value of a policy which flow is opened or closed: %s', (pointer) => {
    const draft = new Draft();
    const changes = since((one) => one.put(pointer, another(draft.get(pointer))));
    expect(kinds(changes)).toContain('flow');
  });

  it('says which flow a new policy opens, with who answers for it, and that one is closed where it goes', () => {
    const opening = {
      metadata: {
        ...{ name: 'out', namespace: 'airlock-serving' },
        annotations: { 'airlock.dev/owner': 'ada', 'airlock.dev/reason': 'calls home' },
      },
      spec: {
        ...{ pod_selector: {}, policy_types: ['Egress'] },
        egress: [
          {
            to: [{ ip_block: { cidr: '10.9.0.0/16', except: ['10.9.1.0/24'] } }],
            ports: [{ port: '443', protocol: 'TCP' }],
          },
        ],
      },
    };
    const draft = new Draft().put(`${POLICIES}/out`, opening);
    const flow = {
      ...{
        kind: 'flow',
        subject: 'every pod of airlock-serving → 10.9.0.0/16 without 10.9.1.0/24',
        what: 'TCP 443, lets out',
      },
    };
    const statement = 'NetworkPolicy airlock-serving/out: calls home, owned by ada';
    const plans = [CLEAN, { plan: draft.plan() }] as const;
    expect(planChanges(plans[0], plans[1])).toContainEqual({ ...flow, after: statement });
    expect(planChanges(plans[1], plans[0])).toContainEqual({ ...flow, before: statement });
  });

  it('says that a namespace is no longer shut by default', () => {
    const changes = since((draft) => draft.drop(`${POLICIES}/serving_deny`));
    expect(changes).toContainEqual({
      ...{ kind: 'flow', subject: 'every pod of airlock-serving', what: 'ingress is denied unless a policy opens it' },
      before: expect.stringContaining('NetworkPolicy airlock-serving/') as string,
    });
  });

  it('does not mind in which order, or in how many rules, a policy opens the same', () => {
    const [rule] = new Draft().get(`${dns}/egress`) as { to: unknown; ports: unknown[] }[];
    expect(rule!.ports.length).toBeGreaterThan(1);
    expect(since((draft) => draft.put(`${dns}/egress/0/ports`, [...rule!.ports].reverse()))).toEqual([]);
    const apart = rule!.ports.map((port) => ({ ...rule, ports: [port] }));
    expect(since((draft) => draft.put(`${dns}/egress`, apart))).toEqual([]);
  });

  const metadata = { name: 'reader', namespace: 'airlock-serving' };
  const withRights = (): Draft =>
    new Draft()
      .put('/resource/kubernetes_role_v1/reader', {
        metadata,
        rule: [
          {
            api_groups: ['', 'apps'],
            resources: ['pods', 'configmaps'],
            verbs: ['get', 'list'],
            resource_names: ['a'],
          },
        ],
      })
      .put('/resource/kubernetes_role_binding_v1/reader', {
        metadata,
        subject: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'airlock-serving' }],
        role_ref: { kind: 'Role', name: 'reader', api_group: 'rbac.authorization.k8s.io' },
      });
  it.each([
    ...['role_v1/reader/rule/0/api_groups/1', 'role_v1/reader/rule/0/resources/0', 'role_v1/reader/rule/0/verbs/1'],
    ...['role_v1/reader/rule/0/resource_names/0', 'role_binding_v1/reader/subject/0/name'],
    ...['role_binding_v1/reader/subject/0/kind', 'role_binding_v1/reader/subject/0/namespace'],
    ...[
      'role_binding_v1/reader/role_ref/kind',
      'role_binding_v1/reader/role_ref/name',
      'role_binding_v1/reader/role_ref/api_group',
    ],
  ])('says which right is given and which is taken: %s', (field) => {
    const pointer = `/resource/kubernetes_${field}`;
    const draft = withRights();
    draft.put(pointer, another(draft.get(pointer)));
    const changes = planChanges({ plan: withRights().plan() }, { plan: draft.plan() });
    expect(kinds(changes)).toEqual(['rights']);
    expect(changes.some(({ before }) => before === undefined)).toBe(true);
    expect(changes.some(({ after }) => after === undefined)).toBe(true);
  });

  it('says what a new account may do', () => {
    const changes = planChanges(CLEAN, { plan: withRights().plan() });
    expect(changes).toContainEqual({
      ...{
        kind: 'rights',
        subject: 'ServiceAccount airlock-serving/reader',
        what: 'get pods named a in airlock-serving',
      },
      after: 'by RoleBinding airlock-serving/reader',
    });
  });

  it.each(['kubernetes_persistent_volume_claim_v1', 'kubernetes_namespace_v1'])(
    'says that state is at risk where a %s goes, or is made by another resource',
    (type) => {
      const [name = ''] = Object.keys(new Draft().get(`/resource/${type}`) as object);
      const gone = since((draft) => draft.drop(`/resource/${type}/${name}`));
      expect(gone.filter(({ kind, after }) => kind === 'state' && after === undefined)).toHaveLength(1);
      const moved = since((draft) => draft.move(`/resource/${type}/${name}`, `/resource/${type}/renamed`));
      expect(moved.filter(({ kind }) => kind === 'state').map(({ what }) => what)).toEqual([
        'made by (Terraform removes the one, and makes the other)',
      ]);
    },
  );

  it('says that a claim gets another class, and is another claim then', () => {
    const claim = '/resource/kubernetes_persistent_volume_claim_v1/mirror_data/spec/storage_class_name';
    const changes = since((draft) => draft.put(claim, 'other'));
    expect(changes).toMatchObject([
      { kind: 'state', after: 'other', what: 'spec.storageClassName (another claim takes its place)' },
    ]);
  });

  it('shows no value that is a secret, or whose name announces one', () => {
    const secret = 'hunter2-hunter2-hunter2';
    const changes = since((draft) => {
      draft.put(`${ENGINE}/env/-`, { name: 'API_KEY', value: secret });
      draft.put('/resource/kubernetes_secret_v1/x', { metadata: { name: 'x' }, data: { password: secret } });
      draft.put(`${WORKLOAD}/metadata/annotations/token`, secret);
    });
    expect(changes.length).toBeGreaterThan(2);
    expect(changes.filter((one) => JSON.stringify(one).includes(secret))).toEqual([]);
  });

  it('says which waivers are new, gone or changed, where both files are given', () => {
    const waiver = (expires: string, subject = 'Pod a/b'): Waiver => ({
      ...{ rule: 'AIR-POD-1', subject, accepts: digestOf('x'), reason: 'known well', approver: 'ada', expires },
    });
    const { plan } = CLEAN;
    const changes = planChanges(
      { plan, waivers: [waiver('2027-01-01'), waiver('2027-01-01', 'Pod a/old')] },
      { plan, waivers: [waiver('2027-06-01')] },
    );
    expect(changes.map(({ kind, subject, after }) => [kind, subject, after === undefined])).toEqual([
      ['waiver', 'AIR-POD-1 Pod a/b', false],
      ['waiver', 'AIR-POD-1 Pod a/old', true],
    ]);
    expect(planChanges({ plan }, { plan, waivers: [waiver('2027-06-01')] })).toEqual([]);
  });

  it('shows of a long text the place where it differs', () => {
    const [long, other] = ['a', 'b'].map((char) => `${'x'.repeat(900)}${char}${'y'.repeat(900)}`);
    const data = (text: string | undefined): Draft =>
      new Draft().put('/resource/kubernetes_config_map_v1/notes', { metadata: { name: 'notes' }, data: { text } });
    const [change] = planChanges({ plan: data(long).plan() }, { plan: data(other).plan() });
    expect(change).toMatchObject({ kind: 'configuration', what: 'data.text' });
    expect(change?.before).toMatch(/^…x+ay+…$/);
    expect(change?.after).toMatch(/^…x+by+…$/);
  });

  it('names a release whose objects nobody sees', () => {
    const changes = since((draft) => draft.put(`${VALUES}/more`, 1));
    expect(changes.length).toBeGreaterThan(0);
  });
});
