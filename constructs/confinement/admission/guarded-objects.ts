/** What only the deployers of the enclave change. */
import type { Variable } from 'kubernetes-types/admissionregistration/v1';
import { NETWORK_POLICY_RESOURCES } from '../../../catalog/network-policy-kinds';
import { type AdmissionRule, celList, celText, type ParameterPlace } from './policy';
import { CLEANERS } from './users';

const deployerVariable = (deployers: readonly string[]): Variable => ({
  name: 'deployer',
  expression: `request.userInfo.username in ${celList(deployers)}`,
});

/**
 * Network policies, and whatever can overrule them; the latter in the whole cluster where they belong to no namespace.
 * The cluster's own controllers may empty a namespace that is being deleted.
 */
export const networkPoliciesRule = (deployers: readonly string[]): AdmissionRule => ({
  name: 'airlock-network-policies',
  resourceRules: NETWORK_POLICY_RESOURCES.map(({ apiGroup, resources }) => ({
    apiGroups: [apiGroup],
    apiVersions: ['*'],
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    resources: [...resources],
  })),
  variables: [deployerVariable(deployers)],
  validations: [
    {
      expression:
        `variables.deployer || (request.operation == "DELETE" && request.userInfo.username in ${celList(CLEANERS)} && ` +
        'namespaceObject != null && has(namespaceObject.metadata.deletionTimestamp))',
      messageExpression:
        '"network policies are changed by the deployers of the enclave alone, not by " + request.userInfo.username',
      reason: 'Forbidden',
    },
  ],
});

const LEVELS = ['enforce', 'enforce-version'].map((mode) => `pod-security.kubernetes.io/${mode}`);

/**
 * The namespaces themselves, since a label of theirs decides what Pod Security refuses, and the list of locked images.
 * Others may annotate a namespace, as distributions do.
 */
export const guardedObjectsRule = (deployers: readonly string[], parameters: ParameterPlace): AdmissionRule => ({
  name: 'airlock-guarded-objects',
  resourceRules: [
    {
      apiGroups: [''],
      apiVersions: ['*'],
      operations: ['CREATE', 'UPDATE', 'DELETE'],
      resources: ['namespaces', 'configmaps'],
    },
  ],
  variables: [
    deployerVariable(deployers),
    {
      name: 'cleaner',
      expression: `request.operation == "DELETE" && request.userInfo.username in ${celList(CLEANERS)}`,
    },
  ],
  validations: [
    {
      expression:
        'variables.deployer || request.resource.resource != "namespaces" || (request.operation == "UPDATE" && ' +
        `${celList(LEVELS)}.all(l, object.metadata.?labels[?l] == oldObject.metadata.?labels[?l]))`,
      message: 'namespaces of the platform, and their Pod Security, are changed by the deployers of the enclave alone',
      reason: 'Forbidden',
    },
    {
      expression:
        'variables.deployer || request.resource.resource != "configmaps" || ' +
        `request.namespace + "/" + request.name != ${celText(`${parameters.namespace}/${parameters.name}`)} || ` +
        '(variables.cleaner && has(namespaceObject.metadata.deletionTimestamp))',
      message: 'the list of locked images is changed by the deployers of the enclave alone',
      reason: 'Forbidden',
    },
  ],
});
