/** AIR-ADM-1. */
import { deployersOf } from '../../site/deployers';
import { type Duty, DUTIES, type EnclaveTexts, expressionsDigest } from '../admission/duties';
import { lockedListComplaints, parameterOf } from '../admission/locked-list';
import { bindingComplaints, parameterComplaints, policyComplaints } from '../admission/scope';
import { objectsOfKind } from '../kubernetes/find-object';
import { groupOf } from '../kubernetes/kinds';
import { type KubernetesObject, placeOf } from '../kubernetes/object';
import { plainValue } from '../kubernetes/plain';
import { at, textOf } from '../plan/access';
import { type AuditContext, type Complaint, guard, judge, type Rule, type Statement } from './rule';
import { usedNamespaces } from './used-namespaces';

/** Kinds that say something of a namespace, and put nothing into it. */
const ABOUT_NAMESPACES: readonly string[] = ['LimitRange', 'Namespace', 'NetworkPolicy', 'ResourceQuota'];

const ofKind = (objects: readonly KubernetesObject[], kind: string): KubernetesObject[] =>
  objectsOfKind(objects, kind).filter(
    ({ apiVersion, hook }) => groupOf(apiVersion) === 'admissionregistration.k8s.io' && !hook,
  );

const bindingsOf = (policy: KubernetesObject, context: AuditContext): KubernetesObject[] =>
  ofKind(context.objects, 'ValidatingAdmissionPolicyBinding').filter(
    ({ root }) => textOf(at(root, 'spec', 'policyName')) === policy.name,
  );

/** The list that the plan's bindings read; the policy that guards it must name the same. */
function lockedImages(context: AuditContext): string {
  const named = ofKind(context.objects, 'ValidatingAdmissionPolicyBinding').flatMap(
    ({ root }) => parameterOf(root) ?? [],
  );
  return named.map(({ namespace, name }) => `${namespace}/${name}`)[0] ?? '';
}

function enclaveTexts(context: AuditContext): EnclaveTexts {
  const { enclave, site } = context;
  return {
    deployers: deployersOf(enclave, site),
    exposed: (enclave.exposure ?? []).map(({ namespace, service, type }) => `${namespace}/${service} ${type}`),
    lockedImages: lockedImages(context),
  };
}

/** The policy of the plan whose expressions were reviewed for a duty. */
function policyFor(duty: Duty, context: AuditContext, texts: EnclaveTexts): KubernetesObject | undefined {
  return ofKind(context.objects, 'ValidatingAdmissionPolicy').find(({ root }) => {
    const [variables, validations] = ['variables', 'validations'].map((field) => at(root, 'spec', field));
    const expressions = {
      variables: variables === undefined ? [] : plainValue(variables),
      validations: validations === undefined ? [] : plainValue(validations),
    };
    return duty.reviewed.includes(expressionsDigest(expressions, texts));
  });
}

function unmet(duty: Duty, context: AuditContext, subject: string): Statement {
  const sameName = ofKind(context.objects, 'ValidatingAdmissionPolicy').find(({ name }) => name.endsWith(duty.id));
  if (sameName === undefined) {
    const message = 'no policy of the plan does this';
    const fix = 'add the guardrails: docs/constructs/admission-guardrails.md';
    return { verdict: 'VIOLATED', subject, check: 'missing', message, fix, lacks: { concern: 'admission' } };
  }
  const message =
    'its expressions were reviewed by nobody, or name other deployers, doors or another list than enclave.yaml';
  const fix = 'take the expressions of the guardrails as they are';
  return { verdict: 'UNPROVEN', subject, check: 'expressions', message, fix, place: placeOf(sameName) };
}

function judgeDuty(duty: Duty, context: AuditContext, namespaces: readonly string[], texts: EnclaveTexts): Statement[] {
  const subject = `admission ${duty.id}`;
  const policy = policyFor(duty, context, texts);
  if (policy === undefined) return [unmet(duty, context, subject)];
  const proven = duty.proven;
  const about = (object: KubernetesObject, check: () => readonly Complaint[]): Statement[] =>
    judge({ subject, place: placeOf(object), proven }, check);
  const own = about(policy, () => policyComplaints(policy.root, duty.watched));
  const bindings = bindingsOf(policy, context);
  const [first] = bindings;
  if (first === undefined) {
    const fix = `bind ${policy.name} with validationActions Deny`;
    const complaint = { check: 'binding', message: 'without a binding a policy does nothing', fix };
    return about(policy, () => [{ ...complaint, where: policy.root.where, lacks: { concern: 'admission' } }]);
  }
  // One binding that holds everywhere is enough; of several that do not, the first tells why.
  const judged = bindings.map((binding) => {
    const list = duty.readsLock ? lockedListComplaints(policy.root, binding.root, context) : undefined;
    const parameters = duty.readsLock ? [] : parameterComplaints(policy.root, binding.root);
    return [
      ...about(binding, () => [
        ...bindingComplaints(binding.root, namespaces),
        ...parameters,
        ...(list?.binding ?? []),
      ]),
      ...(list?.list === undefined ? [] : about(list.list, () => list.listed)),
    ];
  });
  const isProven = (statements: readonly Statement[]): boolean =>
    statements.every(({ verdict }) => verdict === 'PROVEN');
  const bound = judged.find(isProven) ?? judged[0] ?? [];
  const faults = [...own, ...bound].filter(({ verdict }) => verdict !== 'PROVEN');
  return faults.length > 0 ? faults : own;
}

export const admissionGuardrails: Rule = {
  id: 'AIR-ADM-1',
  title: 'The API server itself refuses what the plan would not do',
  explanation:
    'A plan says what it makes; whoever has access to the cluster can make more. Admission must refuse images that are not ' +
    'locked, pods in the node’s namespaces or further networks, Services that open doors, endpoints written by hand, and ' +
    'changes of network policies, namespaces and the list of images by anybody but the deployers. Reads every ' +
    'ValidatingAdmissionPolicy with its binding: expressions that were reviewed, failurePolicy Fail, Deny, every request and ' +
    'every namespace of the plan covered, and the list equal to the lock in both directions.',
  waivable: true,
  needs: ['admission', 'namespaces'],
  evaluate: (context) => {
    if (context.pods.length === 0) return [];
    // A namespace that the plan only shuts and bounds is not of the platform: nothing of it runs there.
    const held = context.objects.filter(({ kind }) => !ABOUT_NAMESPACES.includes(kind));
    const namespaces = [...usedNamespaces(context.plan, held).keys()].sort();
    const texts = enclaveTexts(context);
    return DUTIES.flatMap((duty) => {
      const [anywhere] = context.pods;
      return anywhere === undefined
        ? []
        : guard(`admission ${duty.id}`, placeOf(anywhere.object), () => judgeDuty(duty, context, namespaces, texts));
    });
  },
};
