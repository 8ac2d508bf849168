/** Only images of the lock run. */
import type { ConfigMap } from 'kubernetes-types/core/v1';
import { badInput } from '../../../core/errors';
import { platformLabels } from '../../../catalog/platform/names';
import type { AdmissionRule, ParameterPlace } from './policy';

const DIGEST = /@sha256:([0-9a-f]{64})$/;

/** Every image that a pod names, as a list of texts in CEL. */
const imagesOf = (pod: string): string =>
  [
    ...['containers', 'initContainers', 'ephemeralContainers'].map(
      (list) => `${pod}.spec.?${list}.orValue([]).map(c, c.?image.orValue(""))`,
    ),
    `${pod}.spec.?volumes.orValue([]).filter(v, has(v.image)).map(v, v.image.?reference.orValue(""))`,
  ].join(' + ');

/**
 * The ConfigMap that the rule looks images up in: hexadecimal digest → the references that may carry it, one a line. A
 * look-up costs the same however many images are locked.
 *
 * @throws AirlockError (input) for a reference without a digest
 */
export function lockedImages(references: readonly string[], { namespace, name }: ParameterPlace): ConfigMap {
  const data: Record<string, string> = {};
  for (const reference of [...new Set(references)].sort()) {
    const digest = DIGEST.exec(reference)?.[1];
    if (digest === undefined)
      throw badInput(
        'IMAGE_REFERENCE_INVALID',
        `"${reference}" names no digest`,
        'write <registry>/<repository>@sha256:…',
      );
    data[digest] = data[digest] === undefined ? reference : `${data[digest]}\n${reference}`;
  }
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: platformLabels('admission-guardrails') },
    data,
  };
}

/**
 * Images of containers of all three kinds and of image volumes must stand in the ConfigMap, registry and repository
 * included. A pod that runs already may change otherwise: controllers take finalizers off pods of an earlier lock.
 */
export const lockedImagesRule = (parameters: ParameterPlace): AdmissionRule => ({
  name: 'airlock-locked-images',
  parameters,
  resourceRules: [
    {
      apiGroups: [''],
      apiVersions: ['*'],
      operations: ['CREATE', 'UPDATE'],
      resources: ['pods', 'pods/ephemeralcontainers'],
    },
  ],
  variables: [
    { name: 'images', expression: imagesOf('object') },
    { name: 'before', expression: `oldObject == null ? [""] : ${imagesOf('oldObject')}` },
    { name: 'locked', expression: 'params.?data.orValue({})' },
    {
      name: 'strange',
      expression:
        'variables.images.filter(i, !(i.contains("@sha256:") && i in variables.locked[?i.split("@sha256:")[1]].orValue("").split("\\n")))',
    },
  ],
  validations: [
    {
      expression: 'variables.images == variables.before || size(variables.strange) == 0',
      messageExpression: '"not an image of the lock: " + variables.strange.join(", ")',
      reason: 'Forbidden',
    },
  ],
});
