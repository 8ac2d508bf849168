import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DUTIES } from '../../../audit/admission/duties';
import { readPlanFiles } from '../../../audit/plan/read-files';
import { buildPlan } from '../../../audit/plan/build-plan';
import { auditContext, evaluateRule } from '../../../audit/evaluate';
import { admissionGuardrails } from '../../../audit/rules/admission-guardrails';
import { blueprintOf } from '../../../blueprint/blueprint';
import { synthesize } from '../../../stacks/app';
import { inputs } from '../../stacks/synthesized';
import { Draft, expectProven, testRule, VALUES } from '../plans/draft';
import { LIST, positionOf, TIER } from '../plans/guardrails';

const OBJECTS = '/resource/helm_release/guardrails/values/0/objects';
const SERVICE = `${VALUES}/objects/1/spec`;
const TIER_AT = `${OBJECTS}/${String(TIER)}`;
const policy = (name: string): string => `${OBJECTS}/${String(positionOf('ValidatingAdmissionPolicy', name))}`;
const binding = (name: string): string => `${OBJECTS}/${String(positionOf('ValidatingAdmissionPolicyBinding', name))}`;

const door = { namespace: 'airlock-serving', service: 'chat', owner: 'o', reason: 'r' };

describe('no Service opens an undeclared door', () => {
  testRule('AIR-NET-3', [
    {
      name: 'an ExternalName',
      fault: (plan) => plan.put(SERVICE, { type: 'ExternalName', externalName: 'outside.example' }),
      check: 'external-name',
      at: `${SERVICE}/type`,
    },
    {
      name: 'external addresses',
      twin: (plan) => plan.put(`${SERVICE}/externalIPs`, []),
      fault: (plan) => plan.put(`${SERVICE}/externalIPs`, ['203.0.113.7']),
      check: 'external-ips',
      at: `${SERVICE}/externalIPs`,
    },
    {
      name: 'a node port that the enclave declares as a load balancer',
      twin: (plan) => {
        plan.enclave.exposure = [{ ...door, type: 'LoadBalancer' }];
        plan.put(`${SERVICE}/type`, 'LoadBalancer');
      },
      fault: (plan) => plan.put(`${SERVICE}/type`, 'NodePort'),
      check: 'exposure',
      at: `${SERVICE}/type`,
    },
    {
      name: 'a load balancer before another Service than the declared one',
      twin: (plan) => {
        plan.enclave.exposure = [{ ...door, type: 'LoadBalancer' }];
        plan.put(`${SERVICE}/type`, 'LoadBalancer');
      },
      fault: (plan) => (plan.enclave.exposure = [{ ...door, service: 'other', type: 'LoadBalancer' }]),
      check: 'exposure',
      at: `${SERVICE}/type`,
    },
    {
      name: 'no selector',
      fault: (plan) => plan.put(`${SERVICE}/selector`, {}),
      check: 'selector',
      at: `${SERVICE}/selector`,
    },
    {
      name: 'a slice of endpoints',
      fault: (plan) =>
        plan.put(`${VALUES}/objects/-`, {
          apiVersion: 'discovery.k8s.io/v1',
          kind: 'EndpointSlice',
          metadata: { name: 'chat-1', namespace: 'airlock-serving' },
          endpoints: [{ addresses: ['203.0.113.7'] }],
        }),
      check: 'endpoints',
      at: `${VALUES}/objects/2`,
    },
    {
      name: 'a typed Service with a node port',
      twin: (plan) =>
        plan.put('/resource/kubernetes_service_v1/door', {
          metadata: { name: 'door', namespace: 'airlock-mirror' },
          spec: { selector: { app: 'mirror' }, port: [{ port: 80 }] },
        }),
      fault: (plan) => plan.put('/resource/kubernetes_service_v1/door/spec/type', 'NodePort'),
      check: 'exposure',
      at: '/resource/kubernetes_service_v1/door/spec/type',
      subject: 'Service airlock-mirror/door',
    },
    {
      name: 'typed endpoints',
      fault: (plan) =>
        plan.put('/resource/kubernetes_endpoints_v1/e', { metadata: { name: 'e', namespace: 'airlock-mirror' } }),
      check: 'endpoints',
      at: '/resource/kubernetes_endpoints_v1/e',
    },
  ]);
});

const cilium = (spec: object): object => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumClusterwideNetworkPolicy',
  metadata: { name: 'c' },
  spec,
});
const calico = (spec: object): object => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'GlobalNetworkPolicy',
  metadata: { name: 'default.c' },
  spec,
});

describe('no policy of another tier allows what NetworkPolicies deny', () => {
  testRule('AIR-NET-4', [
    {
      name: 'an Accept in the Admin tier, which the Baseline tier may have',
      twin: (plan) => plan.put(`${TIER_AT}/spec/egress/0/action`, 'Accept').put(`${TIER_AT}/spec/tier`, 'Baseline'),
      fault: (plan) => plan.put(`${TIER_AT}/spec/tier`, 'Admin'),
      check: 'allow',
      at: `${TIER_AT}/spec/egress/0/action`,
    },
    {
      name: 'an Accept of ingress',
      fault: (plan) => plan.put(`${TIER_AT}/spec/ingress`, [{ action: 'Accept', from: [{ namespaces: {} }] }]),
      check: 'allow',
      at: `${TIER_AT}/spec/ingress/0/action`,
    },
    {
      name: 'an action that nobody knows',
      fault: (plan) => plan.put(`${TIER_AT}/spec/egress/0/action`, 'Maybe'),
      check: 'allow',
      at: `${TIER_AT}/spec/egress/0/action`,
      verdict: 'UNPROVEN',
    },
    {
      name: 'an Allow of the older kind',
      twin: (plan) =>
        plan.put(TIER_AT, {
          apiVersion: 'policy.networking.k8s.io/v1alpha1',
          kind: 'AdminNetworkPolicy',
          metadata: { name: 'a' },
          spec: { egress: [{ action: 'Deny' }] },
        }),
      fault: (plan) => plan.put(`${TIER_AT}/spec/egress/0/action`, 'Allow'),
      check: 'allow',
      at: `${TIER_AT}/spec/egress/0/action`,
    },
    {
      name: 'a rule of Cilium that allows, in a list of specs',
      twin: (plan) => plan.put(TIER_AT, cilium({ egressDeny: [{ toCIDRSet: [{ cidr: '0.0.0.0/0' }] }] })),
      fault: (plan) => plan.put(`${TIER_AT}/specs`, [{ egress: [{ toEntities: ['world'] }] }]),
      check: 'allow',
      at: `${TIER_AT}/specs/0/egress`,
    },
    {
      name: 'an Allow of Calico',
      twin: (plan) => plan.put(TIER_AT, calico({ egress: [{ action: 'Deny' }] })),
      fault: (plan) => plan.put(`${TIER_AT}/spec/egress/0/action`, 'Allow'),
      check: 'allow',
      at: `${TIER_AT}/spec/egress/0/action`,
    },
    {
      name: 'a Pass of Calico in the default tier, where it goes past NetworkPolicies',
      twin: (plan) => plan.put(TIER_AT, calico({ egress: [{ action: 'Log' }] })),
      fault: (plan) => plan.put(`${TIER_AT}/spec/egress/0/action`, 'Pass'),
      check: 'allow',
      at: `${TIER_AT}/spec/egress/0/action`,
    },
    {
      name: 'a Pass of Calico in another tier, of which the plan does not say what comes after it',
      twin: (plan) => plan.put(TIER_AT, calico({ tier: 'before', egress: [{ action: 'Deny' }] })),
      fault: (plan) => plan.put(`${TIER_AT}/spec/egress/0/action`, 'Pass'),
      check: 'allow',
      at: `${TIER_AT}/spec/egress/0/action`,
      verdict: 'UNPROVEN',
    },
  ]);
});

describe('the API server refuses what the plan would not do', () => {
  const images = policy('site-locked-images');
  const imagesBinding = binding('site-locked-images');
  const host = policy('site-host-access');
  const hostBinding = binding('site-host-access');
  const selector = `${imagesBinding}/spec/matchResources/namespaceSelector`;
  const list = `${OBJECTS}/${String(LIST)}/data`;
  const hex = '0'.repeat(64);
  testRule('AIR-ADM-1', [
    {
      name: 'no policy',
      fault: (plan) =>
        plan.put(images, {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'instead', namespace: 'airlock-serving' },
        }),
      check: 'missing',
      at: '',
    },
    {
      name: 'no binding',
      fault: (plan) => plan.put(`${imagesBinding}/spec/policyName`, 'another'),
      check: 'binding',
      at: images,
    },
    {
      name: 'a binding that only warns',
      fault: (plan) => plan.put(`${imagesBinding}/spec/validationActions`, ['Warn', 'Audit']),
      check: 'actions',
      at: `${imagesBinding}/spec/validationActions`,
    },
    {
      name: 'a policy that fails open',
      twin: (plan) => plan.drop(`${images}/spec/failurePolicy`),
      fault: (plan) => plan.put(`${images}/spec/failurePolicy`, 'Ignore'),
      check: 'failure-policy',
      at: `${images}/spec/failurePolicy`,
    },
    {
      name: 'a condition that leaves a user out',
      twin: (plan) => plan.put(`${images}/spec/matchConditions`, []),
      fault: (plan) =>
        plan.put(`${images}/spec/matchConditions`, [{ name: 'a', expression: 'request.userInfo.username != "eve"' }]),
      check: 'exclusion',
      at: `${images}/spec/matchConditions`,
    },
    {
      name: 'an object selector',
      twin: (plan) => plan.put(`${images}/spec/matchConstraints/objectSelector`, {}),
      fault: (plan) => plan.put(`${images}/spec/matchConstraints/objectSelector`, { matchLabels: { checked: 'yes' } }),
      check: 'exclusion',
      at: `${images}/spec/matchConstraints/objectSelector`,
    },
    {
      name: 'parameters of a policy that reads none',
      fault: (plan) => plan.put(`${host}/spec/paramKind`, { apiVersion: 'v1', kind: 'ConfigMap' }),
      check: 'parameter',
      at: `${host}/spec/paramKind`,
    },
    {
      name: 'parameters in the binding of a policy that reads none',
      fault: (plan) => plan.put(`${hostBinding}/spec/paramRef`, { name: 'x', parameterNotFoundAction: 'Allow' }),
      check: 'parameter',
      at: `${hostBinding}/spec/paramRef`,
    },
    {
      name: 'names on a rule for more than what must be seen',
      twin: (plan) =>
        plan.put(`${images}/spec/matchConstraints/resourceRules/-`, {
          ...{ apiGroups: ['x.example'], apiVersions: ['*'], operations: ['CREATE'], resources: ['xs'] },
        }),
      fault: (plan) => plan.put(`${images}/spec/matchConstraints/resourceRules/1/resourceNames`, ['eve']),
      check: 'exclusion',
      at: `${images}/spec/matchConstraints/resourceRules/1/resourceNames`,
    },
    {
      name: 'rules that are excluded by the binding',
      fault: (plan) =>
        plan.put(`${imagesBinding}/spec/matchResources/excludeResourceRules`, [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], resourceNames: ['eve'] },
        ]),
      check: 'exclusion',
      at: `${imagesBinding}/spec/matchResources/excludeResourceRules`,
    },
    {
      name: 'a namespace less',
      fault: (plan) => plan.put(`${selector}/matchExpressions/0/values`, ['airlock-serving']),
      check: 'namespaces',
      at: selector,
    },
    {
      name: 'namespaces by a label that somebody else may set',
      twin: (plan) => plan.drop(selector),
      fault: (plan) => plan.put(selector, { matchLabels: { guarded: 'yes' } }),
      check: 'namespaces',
      at: selector,
    },
    {
      name: 'ephemeral containers, which nobody looks at',
      fault: (plan) => plan.put(`${images}/spec/matchConstraints/resourceRules/0/resources`, ['pods']),
      check: 'requests',
      at: `${images}/spec/matchConstraints`,
    },
    {
      name: 'one version of the API',
      fault: (plan) => plan.put(`${images}/spec/matchConstraints/resourceRules/0/apiVersions`, ['v1']),
      check: 'requests',
      at: `${images}/spec/matchConstraints`,
    },
    {
      name: 'deletion of policies',
      fault: (plan) =>
        plan.put(`${policy('site-network-policies')}/spec/matchConstraints/resourceRules/0/operations`, ['UPDATE']),
      check: 'requests',
      at: `${policy('site-network-policies')}/spec/matchConstraints`,
    },
    {
      name: 'an expression that nobody has read',
      fault: (plan) => plan.put(`${images}/spec/validations/0/expression`, 'true'),
      check: 'expressions',
      at: images,
      verdict: 'UNPROVEN',
    },
    {
      name: 'deployers that the enclave does not name',
      fault: (plan) => (plan.enclave.deployers = ['somebody-else']),
      check: 'expressions',
      at: policy('site-network-policies'),
      verdict: 'UNPROVEN',
    },
    {
      name: 'a door that the enclave does not declare',
      fault: (plan) => (plan.enclave.exposure = [{ ...door, type: 'NodePort' }]),
      check: 'expressions',
      at: policy('site-services'),
      verdict: 'UNPROVEN',
    },
    {
      name: 'an image that is not locked',
      fault: (plan) => plan.put(`${list}/${hex}`, `registry.example/x@sha256:${hex}`),
      check: 'unlocked',
      at: list,
    },
    {
      name: 'a locked digest under another name',
      fault: (plan) => {
        const [digest] = Object.keys(plan.get(list) as object);
        plan.put(
          `${list}/${digest ?? ''}`,
          `${String(plan.get(`${list}/${digest ?? ''}`))}\nregistry.example/x@sha256:${digest ?? ''}`,
        );
      },
      check: 'unlocked',
      at: list,
    },
    {
      name: 'an image of the lock that the list lacks',
      fault: (plan) => plan.drop(`${list}/${Object.keys(plan.get(list) as object)[0] ?? ''}`),
      check: 'not-listed',
      at: list,
    },
    {
      name: 'a list that the plan does not make',
      fault: (plan) => plan.put(`${OBJECTS}/${String(LIST)}/metadata/name`, 'elsewhere'),
      check: 'parameter',
      at: `${imagesBinding}/spec/paramRef`,
    },
    {
      name: 'requests that pass while the list is missing',
      fault: (plan) => plan.put(`${imagesBinding}/spec/paramRef/parameterNotFoundAction`, 'Allow'),
      check: 'parameter',
      at: `${imagesBinding}/spec/paramRef`,
    },
  ]);

  it('takes one good binding beside one that only warns', () => {
    const draft = new Draft();
    const warning = structuredClone(draft.get(imagesBinding)) as { metadata: { name: string }; spec: object };
    draft.put(`${OBJECTS}/-`, {
      ...warning,
      metadata: { name: 'a-warning' },
      spec: { ...warning.spec, validationActions: ['Warn'] },
    });
    expectProven(draft, 'AIR-ADM-1');
  });

  it('knows the expressions of our own guardrails, whatever deployers and doors they name', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'airlock-guardrails-'));
    try {
      const given = inputs();
      const exposure = [{ ...door, type: 'NodePort' as const }];
      const enclave = { ...given.enclave, deployers: ['ci', 'a"b'], exposure };
      synthesize({ blueprint: blueprintOf({ ...given, enclave }), outdir: folder });
      const context = auditContext(buildPlan(await readPlanFiles(folder)), { ...given, enclave });
      const findings = evaluateRule(admissionGuardrails, context);
      expect(findings.filter(({ verdict }) => verdict !== 'PROVEN')).toEqual([]);
      expect(findings.map(({ subject }) => subject)).toEqual(DUTIES.map(({ id }) => `admission ${id}`));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
