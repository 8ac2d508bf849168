import { answered } from '../plans/clean-plan';
import { Draft, expectProven, POLICIES, testRule, VALUES } from '../plans/draft';

const KEYS = { owner: 'airlock.dev/owner', reason: 'airlock.dev/reason' } as const;
const pointer = (key: string): string => key.replaceAll('/', '~1');
const FLOW = { ports: [{ port: '8080', protocol: 'TCP' }] };

/** A policy in the names of the provider, and as the API has it. */
const typed = (direction: 'ingress' | 'egress', annotations: object): object => ({
  metadata: { name: 'flow', namespace: 'airlock-serving', annotations },
  spec: { pod_selector: { match_labels: { app: 'chat' } }, policy_types: ['Ingress', 'Egress'], [direction]: [FLOW] },
});
const inEnvelope = (direction: 'ingress' | 'egress', annotations: object): object => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'flow', annotations },
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], [direction]: [FLOW] },
});

/** Where a policy by hand may stand: as a resource, or in a release. */
const PLACES = [
  ['a resource', `${POLICIES}/flow`, `${POLICIES}/flow`, typed],
  ['an object of a release', `${VALUES}/objects/-`, `${VALUES}/objects/2`, inEnvelope],
] as const;

const WAYS = [
  ['missing', undefined],
  ['empty', ''],
  ['blank', ' \n '],
  ['null', null],
] as const;

describe('every allowed flow says who answers for it and why', () => {
  testRule(
    'AIR-NET-6',
    PLACES.flatMap(([place, put, lies, policy]) =>
      (['ingress', 'egress'] as const).flatMap((direction) =>
        Object.entries(KEYS).flatMap(([check, key]) =>
          WAYS.map(([way, value]) => ({
            name: `${place} that allows ${direction}, its ${check} is ${way}`,
            twin: (plan: Draft) => plan.put(put, policy(direction, answered('the desk asks'))),
            fault: (plan: Draft) => {
              const at = `${lies}/metadata/annotations/${pointer(key)}`;
              return value === undefined ? plan.drop(at) : plan.put(at, value);
            },
            check,
            at: `${lies}/metadata/annotations${value === undefined || value === null ? '' : `/${pointer(key)}`}`,
            subject: 'NetworkPolicy airlock-serving/flow',
          })),
        ),
      ),
    ),
  );

  testRule('AIR-NET-6', [
    {
      name: 'an owner that only the deployment computes',
      fault: (plan) =>
        plan.put(`${POLICIES}/serving_dns/metadata/annotations/${pointer(KEYS.owner)}`, '${timestamp()}'),
      check: 'unknown',
      verdict: 'UNPROVEN',
      at: `${POLICIES}/serving_dns/metadata/annotations/${pointer(KEYS.owner)}`,
    },
  ]);

  it('finds both where a policy has no annotations at all, in every policy that allows something', () => {
    const draft = new Draft();
    for (const name of ['mirror_fill', 'serving_dns']) draft.drop(`${POLICIES}/${name}/metadata/annotations`);
    const found = draft.findings('AIR-NET-6').map(({ verdict, check, subject }) => [verdict, check, subject]);
    expect(found).toEqual(
      ['airlock-mirror/fill', 'airlock-serving/dns'].flatMap((name) =>
        ['owner', 'reason'].map((check) => ['VIOLATED', check, `NetworkPolicy ${name}`]),
      ),
    );
  });

  it('asks nothing of a policy that allows nothing', () => {
    const draft = new Draft();
    expect(draft.get(`${POLICIES}/mirror_deny/metadata/annotations`)).toBeUndefined();
    expectProven(draft, 'AIR-NET-6');
    expect(draft.findings('AIR-NET-6').map(({ subject }) => subject)).toEqual([
      'NetworkPolicy airlock-mirror/fill',
      'NetworkPolicy airlock-serving/dns',
    ]);
  });
});
