import { Construct } from 'constructs';
import type { Job } from 'kubernetes-types/batch/v1';
import type { Toleration } from 'kubernetes-types/core/v1';
import { type Digest, hexOf } from '../../core/digest';
import type { ConfinedNamespace } from '../confinement/confined-namespace';
import { EnvelopeRelease } from '../release/envelope-release';
import { workloadLabels } from '../../catalog/platform/names';
import { KIT_USER, restrictedContainer, restrictedPod } from '../workload/restricted';
import { mountedCa } from './mounted-ca';
import { checkProps, type Checks, list, lockedImage, oneOf, optional, record, wholeFrom } from '../checks/props';
import { contentName, digest, httpUrl, labels, made, objectName, pem, toleration } from '../checks/shared';

const NAME = 'shared-weights';
const VOLUME = 'shared';
const FOLDER = '/shared';
/** A model's digest in names: enough to tell those of a site apart. */
const KEY_DIGITS = 12;
/** Slowest mirror for which a fill still counts as progress, bytes per second. */
const SLOWEST_FETCH = 25_000_000;

/** A model that the claim holds. */
export interface SharedModel {
  readonly name: string;
  /**
   * `ollama`: the Ollama store of the serving of that name.
   *
   * @default 'model'
   */
  readonly kind?: 'model' | 'ollama';
  /** Digest of the model's OCI manifest. */
  readonly digest: Digest;
  readonly totalBytes: number;
}

/** Props of `SharedWeights`. */
export interface SharedWeightsProps {
  readonly namespace: ConfinedNamespace;
  /** Name of a claim of that namespace that pods may share and this may write to. */
  readonly claimName: string;
  /** The kit's image, by digest. */
  readonly kitImage: string;
  /** Address of the weight mirror, or of the source where there is none. */
  readonly mirrorUrl: string;
  readonly models: readonly SharedModel[];
  /**
   * CA certificate of the mirror, PEM.
   *
   * @default - the CAs that Node brings
   */
  readonly ca?: string;
  /**
   * Labels of the nodes that may do it.
   *
   * @default - any node
   */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /**
   * @default - none
   */
  readonly tolerations?: readonly Toleration[];
}

const CHECKS: Checks<SharedWeightsProps> = {
  namespace: made,
  claimName: objectName,
  kitImage: lockedImage,
  mirrorUrl: httpUrl,
  models: list(
    record<SharedModel>({
      name: contentName,
      kind: optional(oneOf('model', 'ollama')),
      digest,
      totalBytes: wholeFrom(0),
    }),
  ),
  ca: optional(pem),
  nodeSelector: optional(labels),
  tolerations: optional(list(toleration)),
};

/**
 * Fills a shared claim: one Job per model fetches it into a folder named after its digest, and verifies it there.
 *
 * A Job that ended is not run again, and a model of another digest is another Job and another folder; folders that
 * nobody uses any more are removed by hand.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
export class SharedWeights extends Construct {
  public constructor(scope: Construct, id: string, props: SharedWeightsProps) {
    super(scope, id);
    checkProps('SharedWeights', props, CHECKS);
    const { namespace, models, ca } = props;
    const mounted = mountedCa(ca, namespace.name, `${NAME}-source-ca`, 'source-ca.pem');
    const job = ({ name, kind = 'model', digest, totalBytes }: SharedModel): Job => {
      const key = hexOf(digest).slice(0, KEY_DIGITS);
      const labels = { ...workloadLabels(NAME, `${NAME}-${key}`, 'serving') };
      return {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: `${NAME}-${key}`, namespace: namespace.name, labels },
        spec: {
          backoffLimit: 10,
          activeDeadlineSeconds: Math.ceil(totalBytes / SLOWEST_FETCH) + 3600,
          template: {
            metadata: { labels },
            spec: {
              restartPolicy: 'OnFailure',
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              securityContext: restrictedPod(KIT_USER.gid),
              ...(props.nodeSelector === undefined ? {} : { nodeSelector: { ...props.nodeSelector } }),
              ...(props.tolerations === undefined ? {} : { tolerations: [...props.tolerations] }),
              containers: [
                {
                  name: 'fetch',
                  image: props.kitImage,
                  imagePullPolicy: 'IfNotPresent',
                  args: [
                    ...['weights', 'fetch', '--mirror', props.mirrorUrl, `--${kind}`, `${name}@${digest}`],
                    ...['--into', `${FOLDER}/${hexOf(digest)}`],
                    ...mounted.args,
                  ],
                  resources: { requests: { cpu: '1', memory: '256Mi' }, limits: { memory: '512Mi' } },
                  securityContext: restrictedContainer(KIT_USER),
                  volumeMounts: [{ name: VOLUME, mountPath: FOLDER }, ...mounted.mounts],
                },
              ],
              volumes: [{ name: VOLUME, persistentVolumeClaim: { claimName: props.claimName } }, ...mounted.volumes],
            },
          },
        },
      };
    };
    new EnvelopeRelease(this, 'release', {
      name: NAME,
      namespace: namespace.name,
      objects: [...mounted.objects, ...models.map(job)],
      dependsOn: namespace.ready,
    });
  }
}
