import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { PodTemplate } from '../../../audit/kubernetes/pods';
import { jsonNode } from '../../../audit/plan/node';
import { viewOf } from '../../../audit/pod-security/check';
import { checksOf } from '../../../audit/pod-security/profile';
import { type Case, Draft, ENGINE, expectFault, expectProven, MIRROR_POD, POD, testRule } from '../plans/draft';
import { addedPod, addTyped, addWorkload, KINDS, toolContainer, TYPED_KINDS } from '../plans/workloads';

const RULE = 'AIR-POD-1';
const PINNED = '/resource/kubernetes_namespace_v1/serving/metadata/labels/pod-security.kubernetes.io~1enforce-version';

describe('the restricted profile, against the fixtures of k8s.io/pod-security-admission', () => {
  const text = readFileSync(path.join(__dirname, '../fixtures/pod-security-admission.yaml'), 'utf8');
  const cases = text
    .split(/^---\n/m)
    .slice(1)
    .map((document) => ({ name: document.split('\n', 1)[0]?.slice(2) ?? '', pod: parse(document) as unknown }));
  /** Upstream names its files after its checks; restricted replaces these three. */
  const REPLACED: Readonly<Record<string, string>> = {
    capabilities_baseline: 'capabilities_restricted',
    hostpathvolumes: 'restrictedvolumes',
    seccompprofile_baseline: 'seccompprofile_restricted',
  };

  const breached = (pod: unknown): string[] => {
    const root = jsonNode(pod, { pointer: '' });
    const template = { root, subject: 'Pod', object: {} } as PodTemplate;
    const view = viewOf(template, 34);
    return checksOf('restricted', 34)
      .filter(({ breaches }) => breaches(view).length > 0)
      .map(({ id }) => id.toLowerCase());
  };

  it('has all of them', () => {
    expect(cases.filter(({ name }) => name.startsWith('pass/'))).toHaveLength(22);
    expect(cases.filter(({ name }) => name.startsWith('fail/'))).toHaveLength(74);
  });

  it.each(cases)('$name', ({ name, pod }) => {
    const [verdict, file = ''] = name.split('/');
    const check = file.replace(/\d+$/, '');
    if (verdict === 'pass') expect(breached(pod)).toEqual([]);
    else expect(breached(pod)).toContain(REPLACED[check] ?? check);
  });
});

describe('every pod meets the restricted profile', () => {
  const context = `${ENGINE}/securityContext`;
  const inContainer = (field: string, value: unknown, check: string): Case => ({
    name: `${field} of a container`,
    fault: (plan) => plan.put(`${context}/${field}`, value),
    check,
    at: `${context}/${field}`,
    subject: 'Deployment airlock-serving/chat container engine',
  });
  const inPod = (field: string, value: unknown, check: string): Case => ({
    name: `${field} of the pod`,
    fault: (plan) => plan.put(`${POD}/${field}`, value),
    check,
    at: `${POD}/${field}`,
    subject: 'Deployment airlock-serving/chat',
  });
  const probe = (field: string): Case => ({
    name: `a host in ${field}`,
    twin: (plan) => plan.put(`${ENGINE}/${field}`, { httpGet: { path: '/', port: 80 } }),
    fault: (plan) => plan.put(`${ENGINE}/${field}/httpGet/host`, '10.0.0.1'),
    check: 'hostProbesAndHostLifecycle',
    at: `${ENGINE}/${field}/httpGet/host`,
  });

  testRule(RULE, [
    inPod('hostNetwork', true, 'hostNamespaces'),
    inPod('hostPID', true, 'hostNamespaces'),
    inPod('hostIPC', true, 'hostNamespaces'),
    inContainer('privileged', true, 'privileged'),
    inContainer('allowPrivilegeEscalation', true, 'allowPrivilegeEscalation'),
    inContainer('runAsNonRoot', false, 'runAsNonRoot'),
    inContainer('runAsUser', 0, 'runAsUser'),
    inContainer('procMount', 'Unmasked', 'procMount'),
    inContainer('seccompProfile', { type: 'Unconfined' }, 'seccompProfile_restricted'),
    inContainer('appArmorProfile', { type: 'Unconfined' }, 'appArmorProfile'),
    {
      name: 'a flag that only Terraform knows',
      fault: (plan) => plan.put(`${MIRROR_POD}/container/0/security_context/privileged`, '${var.privileged}'),
      check: 'unknown',
      at: `${MIRROR_POD}/container/0/security_context/privileged`,
      verdict: 'UNPROVEN',
    },
    {
      name: 'no capability is dropped',
      fault: (plan) => plan.drop(`${context}/capabilities`),
      check: 'capabilities_restricted',
      at: ENGINE,
    },
    {
      name: 'a capability is added',
      twin: (plan) => plan.put(`${context}/capabilities/add`, ['NET_BIND_SERVICE']),
      fault: (plan) => plan.put(`${context}/capabilities/add/-`, 'SYS_PTRACE'),
      check: 'capabilities_restricted',
      at: `${context}/capabilities/add/1`,
    },
    {
      name: 'an SELinux type',
      twin: (plan) => plan.put(`${context}/seLinuxOptions`, { type: 'container_t', level: 's0' }),
      fault: (plan) => plan.put(`${context}/seLinuxOptions/type`, 'spc_t'),
      check: 'seLinuxOptions',
      at: `${context}/seLinuxOptions/type`,
    },
    {
      name: 'a host port',
      twin: (plan) => plan.put(`${ENGINE}/ports`, [{ containerPort: 80, hostPort: 0 }]),
      fault: (plan) => plan.put(`${ENGINE}/ports/0/hostPort`, 80),
      check: 'hostPorts',
      at: `${ENGINE}/ports/0/hostPort`,
    },
    {
      name: 'a sysctl',
      twin: (plan) => plan.put(`${POD}/securityContext/sysctls`, [{ name: 'net.ipv4.tcp_rmem', value: '4096' }]),
      fault: (plan) => plan.put(`${POD}/securityContext/sysctls/0/name`, 'kernel.msgmax'),
      check: 'sysctls',
      at: `${POD}/securityContext/sysctls/0`,
    },
    {
      name: 'a sysctl that an older cluster does not allow yet',
      twin: (plan) => plan.put(`${POD}/securityContext/sysctls`, [{ name: 'net.ipv4.tcp_rmem', value: '4096' }]),
      fault: (plan) => (plan.site.cluster.kubernetesVersion = '1.31'),
      check: 'sysctls',
      at: `${POD}/securityContext/sysctls/0`,
    },
    {
      name: 'a sysctl that the version of the namespace does not allow yet',
      twin: (plan) => plan.put(`${POD}/securityContext/sysctls`, [{ name: 'net.ipv4.tcp_rmem', value: '4096' }]),
      fault: (plan) => plan.put(PINNED, 'v1.31'),
      check: 'sysctls',
      at: `${POD}/securityContext/sysctls/0`,
    },
    {
      name: 'a sysctl of a version that the cluster does not know yet',
      twin: (plan) => plan.put(`${POD}/securityContext/sysctls`, [{ name: 'net.ipv4.tcp_rmem', value: '4096' }]),
      fault: (plan) => {
        plan.put(PINNED, 'v1.40');
        plan.site.cluster.kubernetesVersion = '1.31';
      },
      check: 'sysctls',
      at: `${POD}/securityContext/sysctls/0`,
    },
    {
      name: 'a sysctl where the version of the namespace is computed',
      fault: (plan) => plan.put(PINNED, '${var.version}'),
      check: 'unknown',
      at: PINNED,
      verdict: 'UNPROVEN',
    },
    {
      name: 'a hostPath volume',
      twin: (plan) => plan.put(`${POD}/volumes/-`, { name: 'more', configMap: { name: 'x' } }),
      fault: (plan) => plan.put(`${POD}/volumes/1`, { name: 'more', hostPath: { path: '/' } }),
      check: 'restrictedVolumes',
      at: `${POD}/volumes/1`,
      subject: 'volume more',
    },
    {
      name: 'an annotation that turns AppArmor off',
      fault: (plan) =>
        plan.put(`${POD.replace(/\/spec$/, '')}/metadata/annotations`, {
          'container.apparmor.security.beta.kubernetes.io/engine': 'unconfined',
        }),
      check: 'appArmorProfile',
      at: `${POD.replace(/\/spec$/, '')}/metadata/annotations/container.apparmor.security.beta.kubernetes.io~1engine`,
    },
    probe('livenessProbe'),
    probe('readinessProbe'),
    probe('startupProbe'),
    probe('lifecycle/preStop'),
    probe('lifecycle/postStart'),
    {
      name: 'an init container',
      fault: (plan) => plan.put(`${POD}/initContainers/0/securityContext/privileged`, true),
      check: 'privileged',
      at: `${POD}/initContainers/0/securityContext/privileged`,
      subject: 'init container weights',
    },
    {
      name: 'an ephemeral container',
      twin: (plan) => plan.put(`${POD}/ephemeralContainers`, [toolContainer()]),
      fault: (plan) => plan.put(`${POD}/ephemeralContainers/0/securityContext/privileged`, true),
      check: 'privileged',
      at: `${POD}/ephemeralContainers/0/securityContext/privileged`,
      subject: 'ephemeral container tool',
    },
    ...KINDS.map((kind): Case => ({
      name: `a privileged ${kind.kind}`,
      twin: (plan) => addWorkload(plan, kind),
      fault: (plan) => plan.put(`${addedPod(kind)}/containers/0/securityContext/privileged`, true),
      check: 'privileged',
      at: `${addedPod(kind)}/containers/0/securityContext/privileged`,
      subject: `${kind.kind} airlock-serving/tool`,
    })),
    ...TYPED_KINDS.map((kind): Case => {
      const at = `/resource/${kind.type}/tool${kind.spec}/container/0/security_context/0/privileged`;
      return {
        name: `a privileged ${kind.type}`,
        twin: (plan) => addTyped(plan, kind),
        fault: (plan) => plan.put(at, true),
        check: 'privileged',
        at,
      };
    }),
    {
      name: 'the node’s network in a typed resource',
      fault: (plan) => plan.put(`${MIRROR_POD}/host_network`, true),
      check: 'hostNamespaces',
      at: `${MIRROR_POD}/host_network`,
    },
    {
      name: 'hostPID in a typed resource',
      fault: (plan) => plan.put(`${MIRROR_POD}/host_pid`, 'true'),
      check: 'hostNamespaces',
      at: `${MIRROR_POD}/host_pid`,
    },
    {
      name: 'runAsNonRoot left out of a typed security context, where the provider sends false',
      fault: (plan) => plan.drop(`${MIRROR_POD}/container/0/security_context/run_as_non_root`),
      check: 'runAsNonRoot',
      at: `${MIRROR_POD}/container/0/security_context`,
      subject: 'container mirror',
    },
    {
      name: 'allowPrivilegeEscalation left out of a typed security context, where the provider sends true',
      fault: (plan) => plan.drop(`${MIRROR_POD}/container/0/security_context/allow_privilege_escalation`),
      check: 'allowPrivilegeEscalation',
      at: `${MIRROR_POD}/container/0/security_context`,
    },
    {
      name: 'a dynamic block',
      fault: (plan) => plan.put(`${MIRROR_POD}/dynamic`, { container: { for_each: [] } }),
      check: 'opaque',
      at: `${MIRROR_POD}/dynamic`,
      verdict: 'UNPROVEN',
    },
  ]);

  it('is unproven for a kind that may make pods and that it does not know', () => {
    const at = '/resource/helm_release/chat/values/0/objects/2';
    const draft = new Draft().put(`${at.slice(0, -1)}-`, {
      apiVersion: 'ray.io/v1',
      kind: 'RayCluster',
      metadata: { name: 'big', namespace: 'airlock-serving' },
    });
    expectFault(draft, { rule: RULE, check: 'opaque', at, verdict: 'UNPROVEN', subject: 'RayCluster' });
  });

  it('is N/A for a plan without pods', () => {
    const draft = new Draft().drop('/resource/helm_release').drop('/resource/kubernetes_deployment_v1');
    expect(draft.findings(RULE).map(({ verdict }) => verdict)).toEqual(['N/A']);
    expectProven(new Draft(), RULE);
  });
});

describe('every namespace enforces restricted at a pinned version', () => {
  const labels = '/resource/kubernetes_namespace_v1/serving/metadata/labels';
  const enforce = `${labels}/pod-security.kubernetes.io~1enforce`;
  testRule('AIR-POD-2', [
    {
      name: 'baseline',
      fault: (plan) => plan.put(enforce, 'baseline'),
      check: 'enforce',
      at: enforce,
      subject: 'Namespace airlock-serving',
    },
    { name: 'no level', fault: (plan) => plan.drop(enforce), check: 'enforce', at: labels },
    {
      name: 'the latest version',
      fault: (plan) => plan.put(`${enforce}-version`, 'latest'),
      check: 'enforce-version',
      at: `${enforce}-version`,
    },
    {
      name: 'a version before the profile had all of its checks',
      twin: (plan) => plan.put(`${enforce}-version`, 'v1.23'),
      fault: (plan) => plan.put(`${enforce}-version`, 'v1.22'),
      check: 'enforce-version',
      at: `${enforce}-version`,
    },
    { name: 'no version', fault: (plan) => plan.drop(`${enforce}-version`), check: 'enforce-version', at: labels },
    {
      name: 'an unversioned resource',
      twin: (plan) => plan.move('/resource/kubernetes_namespace_v1', '/resource/kubernetes_namespace'),
      fault: (plan) => plan.put(enforce.replace('_v1', ''), 'privileged'),
      check: 'enforce',
      at: enforce.replace('_v1', ''),
    },
    {
      name: 'labels that another resource may change',
      fault: (plan) => plan.put('/resource/kubernetes_labels/x', { kind: 'Namespace', labels: {} }),
      check: 'opaque',
      at: '/resource/kubernetes_labels/x',
      verdict: 'UNPROVEN',
    },
    {
      name: 'a namespace that the plan does not create',
      twin: (plan) =>
        plan
          .drop('/resource/kubernetes_namespace_v1/mirror')
          .put(
            '/resource/kubernetes_namespace_v1/again',
            structuredClone(plan.get('/resource/kubernetes_namespace_v1/serving')),
          )
          .put('/resource/kubernetes_namespace_v1/again/metadata/name', 'airlock-mirror'),
      fault: (plan) => plan.put('/resource/kubernetes_namespace_v1/again/metadata/name', 'elsewhere'),
      check: 'foreign',
      at: '/resource/kubernetes_network_policy_v1/mirror_deny',
      verdict: 'UNPROVEN',
    },
  ]);
});
