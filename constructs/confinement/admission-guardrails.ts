import { Construct } from 'constructs';
import { OLDEST_KUBERNETES } from '../../catalog/kubernetes';
import { badInput } from '../../core/errors';
import { isAtLeast } from '../../core/version';
import type { ConfinedNamespace } from './confined-namespace';
import { EnvelopeRelease } from '../release/envelope-release';
import { guardedObjectsRule, networkPoliciesRule } from './admission/guarded-objects';
import { hostAccessRule } from './admission/host-access';
import { lockedImages, lockedImagesRule } from './admission/locked-images';
import { admissionPolicy } from './admission/policy';
import { endpointsRule, type ExposedService, servicesRule } from './admission/services';
import { MINOR_VERSION, SERVICE_NAME } from '../../core/kubernetes-syntax';
import { checkProps, type Checks, form, list, lockedImage, oneOf, optional, record } from '../checks/props';
import { made, namespaceName, text } from '../checks/shared';

/** ConfigMap of the locked images. */
const LOCKED_IMAGES = 'airlock-locked-images';

/** Props of `AdmissionGuardrails`. */
export interface AdmissionGuardrailsProps {
  /** Where the release and the list of images lie. */
  readonly namespace: ConfinedNamespace;
  /** Names of all namespaces that are guarded, that of `namespace` is one of them. */
  readonly namespaces: readonly string[];
  /** Minor version of the cluster, e.g. `1.34`. */
  readonly kubernetesVersion: string;
  /** Images that may run: `<registry>/<repository>@sha256:…`, as `lockedReferences` lists those of a lock. */
  readonly images: readonly string[];
  /**
   * User names, as the API server sees them, that may change network policies, the namespaces, and the list of images.
   * Whoever deploys is one of them.
   */
  readonly deployers: readonly string[];
  /**
   * Services that may be reached from outside of the cluster.
   *
   * @default - none
   */
  readonly exposed?: readonly ExposedService[];
  /**
   * Guarded namespaces whose pods may have the node's namespaces, as drivers need them.
   *
   * @default - none
   */
  readonly hostAccess?: readonly string[];
}

const CHECKS: Checks<AdmissionGuardrailsProps> = {
  namespace: made,
  namespaces: list(namespaceName),
  kubernetesVersion: form(MINOR_VERSION),
  images: list(lockedImage),
  deployers: list(text),
  exposed: optional(
    list(
      record<ExposedService>({
        namespace: namespaceName,
        service: form(SERVICE_NAME),
        type: oneOf('NodePort', 'LoadBalancer'),
      }),
    ),
  ),
  hostAccess: optional(list(namespaceName)),
};

/**
 * Rules that the API server itself holds: what does not keep them is refused, whoever asks.
 *
 * Pods run images of the lock alone and stay inside their own network; Services and endpoints open no door that is not
 * declared; network policies, Pod Security of the namespaces and the list of images are changed by the deployers alone.
 *
 * The API server lets no such policy judge policies: whoever may delete ValidatingAdmissionPolicies or their bindings
 * can lift the rules, so grant that to the deployers alone. Pods that kubelets make from files of their node never pass
 * admission.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export class AdmissionGuardrails extends Construct {
  /** @throws AirlockError (input) for a cluster without such policies, no deployer, or a namespace that is not guarded */
  public constructor(scope: Construct, id: string, props: AdmissionGuardrailsProps) {
    super(scope, id);
    checkProps('AdmissionGuardrails', props, CHECKS);
    const { namespace, namespaces, kubernetesVersion, images, deployers, exposed = [], hostAccess = [] } = props;
    if (!isAtLeast(kubernetesVersion, OLDEST_KUBERNETES)) {
      throw badInput(
        'VERSION_UNSUPPORTED',
        `Kubernetes ${kubernetesVersion} has no admission policies, so nothing would refuse an unlocked image`,
        `run Kubernetes ${OLDEST_KUBERNETES} or later and write it as cluster.kubernetesVersion`,
      );
    }
    if (deployers.length === 0) {
      throw badInput(
        'CONSTRUCT_PROPS_INVALID',
        'nobody may deploy: deployers is empty',
        'name the user that Terraform is, as `kubectl auth whoami` says',
      );
    }
    const strange = [namespace.name, ...exposed.map((one) => one.namespace), ...hostAccess].find(
      (name) => !namespaces.includes(name),
    );
    if (strange !== undefined) {
      throw badInput(
        'CONSTRUCT_PROPS_INVALID',
        `namespace "${strange}" is not guarded`,
        `guarded: ${namespaces.join(', ')}`,
      );
    }
    const parameters = { namespace: namespace.name, name: LOCKED_IMAGES };
    const rules = [
      lockedImagesRule(parameters),
      servicesRule(exposed),
      endpointsRule,
      networkPoliciesRule(deployers),
      guardedObjectsRule(deployers, parameters),
    ];
    new EnvelopeRelease(this, 'release', {
      name: 'admission-guardrails',
      namespace: namespace.name,
      objects: [
        lockedImages(images, parameters),
        ...rules.flatMap((rule) => admissionPolicy(rule, namespaces)),
        ...admissionPolicy(
          hostAccessRule,
          namespaces.filter((name) => !hostAccess.includes(name)),
        ),
      ],
      dependsOn: namespace.ready,
    });
  }
}
