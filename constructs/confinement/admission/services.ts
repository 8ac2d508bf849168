/** Services and endpoints open no door that the enclave does not declare. */
import { type AdmissionRule, celList } from './policy';
import { ENDPOINT_CONTROLLERS } from './users';

/** A Service that may be reached from outside of the cluster. */
export interface ExposedService {
  readonly namespace: string;
  readonly service: string;
  readonly type: 'NodePort' | 'LoadBalancer';
}

/**
 * No names or addresses of others (CVE-2020-8554), no node port or load balancer but the declared ones. What exists
 * already may change in its metadata: controllers take finalizers off.
 */
export const servicesRule = (exposed: readonly ExposedService[]): AdmissionRule => ({
  name: 'airlock-services',
  resourceRules: [{ apiGroups: [''], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: ['services'] }],
  variables: [
    { name: 'type', expression: 'object.spec.?type.orValue("ClusterIP")' },
    { name: 'same', expression: 'oldObject != null && object.spec == oldObject.spec' },
  ],
  validations: [
    {
      expression: 'variables.same || variables.type != "ExternalName"',
      message: 'an ExternalName Service leads to whatever its name resolves to',
      reason: 'Forbidden',
    },
    {
      expression: 'variables.same || size(object.spec.?externalIPs.orValue([])) == 0',
      message: 'externalIPs draw the traffic of the whole cluster to an address of choice',
      reason: 'Forbidden',
    },
    {
      expression:
        'variables.same || variables.type in ["ClusterIP", "ExternalName"] || ' +
        `object.metadata.namespace + "/" + object.metadata.name + " " + variables.type in ${celList(
          exposed.map(({ namespace, service, type }) => `${namespace}/${service} ${type}`),
        )}`,
      messageExpression: '"the enclave declares no exposure of this Service as " + variables.type',
      reason: 'Forbidden',
    },
  ],
});

/** Whoever writes the addresses behind a Service decides where its clients go (CVE-2021-25740). */
export const endpointsRule: AdmissionRule = {
  name: 'airlock-endpoints',
  resourceRules: [
    { apiGroups: [''], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: ['endpoints'] },
    {
      apiGroups: ['discovery.k8s.io'],
      apiVersions: ['*'],
      operations: ['CREATE', 'UPDATE'],
      resources: ['endpointslices'],
    },
  ],
  validations: [
    {
      expression: `request.userInfo.username in ${celList(ENDPOINT_CONTROLLERS)}`,
      message: "only the cluster's own controllers write the addresses behind a Service",
      reason: 'Forbidden',
    },
  ],
};
