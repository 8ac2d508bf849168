/** A rule of the API server's admission, as two objects: what is checked, and where. */
import type {
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Validation,
  Variable,
} from 'kubernetes-types/admissionregistration/v1';
import { NAME_LABEL, platformLabels } from '../../../catalog/platform/names';

/** Where the objects lie that a rule looks things up in. */
export interface ParameterPlace {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Requests that a rule is about: the API's RuleWithOperations, whose `resources` the package of types lacks.
 */
export interface ResourceRule {
  readonly apiGroups: string[];
  readonly apiVersions: string[];
  readonly operations: ('CREATE' | 'UPDATE' | 'DELETE')[];
  /** Plural names, subresources after a slash. */
  readonly resources: string[];
}

export interface AdmissionRule {
  /** Name of both objects. */
  readonly name: string;
  readonly resourceRules: readonly ResourceRule[];
  readonly variables?: readonly Variable[];
  /** Expressions in CEL that must be true. */
  readonly validations: readonly Validation[];
  /** ConfigMap that the expressions read as `params`. */
  readonly parameters?: ParameterPlace;
}

/** A string as a CEL literal: CEL reads JSON's escapes (cel-spec, doc/langdef.md, "String and Bytes Values"). */
export const celText = (text: string): string => JSON.stringify(text);

export const celList = (texts: readonly string[]): string => `[${texts.map(celText).join(', ')}]`;

/**
 * A policy that refuses, and its binding; without a binding a policy does nothing.
 *
 * Namespaces are selected by the label that the API server itself keeps equal to their names, so that nobody gets out
 * by a label. The policy leaves no request out, and refuses when it cannot be evaluated.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export function admissionPolicy(
  rule: AdmissionRule,
  namespaces: readonly string[],
): [ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding] {
  const { name, resourceRules, variables, validations, parameters } = rule;
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const metadata = { name, labels: platformLabels('admission-guardrails') };
  return [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        ...(parameters === undefined ? {} : { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }),
        matchConstraints: { matchPolicy: 'Equivalent', resourceRules: [...resourceRules] },
        ...(variables === undefined ? {} : { variables: [...variables] }),
        validations: [...validations],
      },
    },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: {
        policyName: name,
        validationActions: ['Deny', 'Audit'],
        ...(parameters === undefined ? {} : { paramRef: { ...parameters, parameterNotFoundAction: 'Deny' } }),
        matchResources: {
          namespaceSelector: {
            matchExpressions: [{ key: NAME_LABEL, operator: 'In', values: [...new Set(namespaces)].sort() }],
          },
        },
      },
    },
  ];
}
