/** AIR-NET-4. */
import { groupOf } from '../kubernetes/kinds';
import { type KubernetesObject, placeOf, subjectOf } from '../kubernetes/object';
import { at, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { type Complaint, judge, type Rule } from './rule';

const FIX = 'let the cluster-wide policy deny alone; NetworkPolicies open, one flow each';

/** Actions of a policy's rules that skip NetworkPolicy, and those that leave it the decision or deny. */
interface Actions {
  readonly overrules: readonly string[];
  readonly harmless: readonly string[];
}

const DIRECTIONS = ['ingress', 'egress'] as const;

function actionComplaints(spec: PlanNode | undefined, { overrules, harmless }: Actions): Complaint[] {
  return DIRECTIONS.flatMap((direction) => itemsOf(at(spec, direction))).flatMap((rule): Complaint[] => {
    const action = at(rule, 'action');
    const value = textOf(action) ?? '(absent)';
    const where = (action ?? rule).where;
    if (harmless.includes(value)) return [];
    const message = overrules.includes(value)
      ? 'what this rule matches is allowed, whatever NetworkPolicies deny'
      : 'an action that the audit does not know';
    return [{ check: 'allow', message, fix: FIX, where, value, unproven: !overrules.includes(value) }];
  });
}

/** Allow rules add to what NetworkPolicies allow (docs.cilium.io, "Network Policy"); deny rules overrule both. */
function ciliumComplaints(root: PlanNode): Complaint[] {
  const specs = [at(root, 'spec'), ...itemsOf(at(root, 'specs'))].flatMap((spec) => spec ?? []);
  return specs.flatMap((spec) =>
    DIRECTIONS.flatMap((direction): Complaint[] => {
      const rules = at(spec, direction);
      if (rules === undefined || itemsOf(rules).length === 0) return [];
      const message = `its ${direction} rules open more than the NetworkPolicies do`;
      return [{ check: 'allow', message, fix: FIX, where: rules.where }];
    }),
  );
}

/** network-policy-api: the Baseline tier comes after NetworkPolicy, and so allows nothing that one denies. */
const clusterNetworkPolicy = (root: PlanNode): Complaint[] =>
  textOf(at(root, 'spec', 'tier')) === 'Baseline'
    ? []
    : actionComplaints(at(root, 'spec'), { overrules: ['Accept'], harmless: ['Deny', 'Pass'] });

/**
 * docs.tigera.io/calico, "Global network policy", `action`: in the default tier, where NetworkPolicies are, Pass goes past
 * them to the profiles, which allow. The order of other tiers stands in objects of the cluster, so where they pass to is not
 * known either.
 */
function calicoComplaints(root: PlanNode): Complaint[] {
  const tier = textOf(at(root, 'spec', 'tier')) ?? 'default';
  const overrules = tier === 'default' ? ['Allow', 'Pass'] : ['Allow'];
  return actionComplaints(at(root, 'spec'), { overrules, harmless: ['Deny', 'Log'] });
}

const KINDS: ReadonlyMap<string, (root: PlanNode) => Complaint[]> = new Map([
  ['policy.networking.k8s.io/ClusterNetworkPolicy', clusterNetworkPolicy],
  [
    'policy.networking.k8s.io/AdminNetworkPolicy',
    (root) => actionComplaints(at(root, 'spec'), { overrules: ['Allow'], harmless: ['Deny', 'Pass'] }),
  ],
  ['cilium.io/CiliumClusterwideNetworkPolicy', ciliumComplaints],
  ['cilium.io/CiliumNetworkPolicy', ciliumComplaints],
  ...['projectcalico.org', 'crd.projectcalico.org'].flatMap((group) =>
    ['GlobalNetworkPolicy', 'NetworkPolicy'].map((kind): [string, (root: PlanNode) => Complaint[]] => [
      `${group}/${kind}`,
      calicoComplaints,
    ]),
  ),
]);

const complaintsOf = ({ apiVersion, kind }: KubernetesObject): ((root: PlanNode) => Complaint[]) | undefined =>
  KINDS.get(`${groupOf(apiVersion)}/${kind}`);

export const higherTiers: Rule = {
  id: 'AIR-NET-4',
  title: 'No policy of another tier allows what NetworkPolicies deny',
  explanation:
    'Network plugins have policies that are judged before or beside NetworkPolicy, and one that allows makes every proof ' +
    'about NetworkPolicies void. Reads ClusterNetworkPolicy, AdminNetworkPolicy, and the policies of Cilium and Calico: they ' +
    'may deny, or leave the decision to NetworkPolicy. Calico’s Pass in the default tier goes past it.',
  waivable: true,
  needs: ['policies'],
  evaluate: ({ objects }) =>
    objects.flatMap((object) => {
      const complaints = complaintsOf(object);
      if (complaints === undefined) return [];
      const proven = 'denies, or leaves the decision to NetworkPolicy';
      return judge({ subject: subjectOf(object), place: placeOf(object), proven }, () => complaints(object.root));
    }),
};
