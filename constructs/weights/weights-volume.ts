/** How verified content gets into a pod: init containers of the kit, the volumes they look at, and how others see them. */
import type { ConfigMap, Container, PersistentVolumeClaim, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { type Digest, hexOf } from '../../core/digest';
import { badInput } from '../../core/errors';
import { contentKey, type PodFile, type WeightsWay } from '../../engines/weights/content';
import { platformLabels } from '../../catalog/platform/names';
import { gibibytes, mebibytes } from '../../core/quantity';
import { KIT_USER, restrictedContainer } from '../workload/restricted';
import { mountedCa } from './mounted-ca';

/** File system overhead beside the weights. */
const WEIGHTS_FACTOR = 1.05;
const MIB = 1024 ** 2;
const CACHE_FOLDER = '/cache';
const MANIFEST_FOLDER = '/etc/airlock/manifests';

/** A model of the lock that a pod needs. */
export interface PodModel {
  readonly name: string;
  /**
   * `ollama`: the Ollama store of a serving of that name, in place of the model's own files.
   *
   * @default 'model'
   */
  readonly kind?: 'model' | 'ollama';
  /** Digest of the model's OCI manifest: what the pod may find. */
  readonly digest: Digest;
  readonly totalBytes: number;
  /** Absolute path at which the pod sees its files. */
  readonly path: string;
  /**
   * Text of the manifest; needed where the pod fetches nothing.
   *
   * @default - the pod gets it from the mirror
   */
  readonly manifest?: string;
  /**
   * The model as an image, by digest; for way `image`.
   *
   * @default - none
   */
  readonly image?: string;
}

/** Files that a pod sees beside each other in one folder. */
export interface PodFiles {
  /** Names the volume and its init container, e.g. `tiktoken`. */
  readonly name: string;
  readonly files: readonly PodFile[];
  /** Absolute path of the folder. */
  readonly path: string;
}

/** How a pod gets its models, as the pool says. */
export interface WeightsAccess {
  /**
   * @default 'fetch'
   */
  readonly way?: WeightsWay;
  /**
   * CA certificate of the mirror, PEM.
   *
   * @default - the CAs that Node brings
   */
  readonly ca?: string;
  /**
   * Name of the shared claim; for way `claim`.
   *
   * @default - none
   */
  readonly claimName?: string;
  /**
   * StorageClass of node-local volumes; for way `cache`.
   *
   * @default - the cluster's default StorageClass
   */
  readonly storageClassName?: string;
}

export interface WeightsVolumeProps extends WeightsAccess {
  /** Of the workload; what lies beside its pod is named after it. */
  readonly name: string;
  readonly namespace: string;
  /** The kit's image, by digest. */
  readonly kitImage: string;
  /** Address of the weight mirror, or of the source where there is none. */
  readonly mirrorUrl: string;
  /** What the pod needs; the first is the model itself, the rest are adapters. */
  readonly models: readonly PodModel[];
  /**
   * Sets of files that the pod needs beside its models. They are small, and fetched for each pod whatever the way.
   *
   * @default - none
   */
  readonly files?: readonly PodFiles[];
}

/** A volume; the bindings do not know image volumes yet (Kubernetes documentation, "Use an Image Volume With a Pod"). */
export interface PodVolume extends Volume {
  readonly image?: { readonly reference: string; readonly pullPolicy: string };
}

/** The parts of a pod that bring its content. */
export interface WeightsVolume {
  /** They run to their end, in this order, before the engine starts; one that fails stops the pod. */
  readonly initContainers: readonly Container[];
  readonly volumes: readonly PodVolume[];
  /** Where there are any, the workload must be a StatefulSet, whose name must change with {@link contentKey}. */
  readonly claimTemplates: readonly PersistentVolumeClaim[];
  /** Hexadecimal digits that stand for the models. */
  readonly contentKey: string;
  /** Objects that the pod mounts. */
  readonly objects: readonly ConfigMap[];
  /** How the engine mounts the content: read-only. */
  readonly mounts: readonly VolumeMount[];
  /** Node-local bytes that the volumes may take, for the container's ephemeral-storage request. */
  readonly ephemeralBytes: number;
}

/** One content of a pod: its volume, who verifies it, how the engine sees it. */
interface Part {
  readonly volume?: PodVolume;
  readonly claimTemplate?: PersistentVolumeClaim;
  readonly initContainer: Container;
  readonly mount: VolumeMount;
  readonly ephemeralBytes: number;
}

const limitOf = (totalBytes: number): number => Math.ceil(totalBytes * WEIGHTS_FACTOR) + 64 * MIB;

/** `weights` for the model itself; adapters are counted, sets of files are named. */
const volumeName = (at: number): string => (at === 0 ? 'weights' : `weights-${at}`);

const kitContainer = (
  image: string,
  name: string,
  args: readonly string[],
  volumeMounts: readonly VolumeMount[],
): Container => ({
  name,
  image,
  imagePullPolicy: 'IfNotPresent',
  args: ['weights', ...args],
  resources: { requests: { cpu: '1', memory: '256Mi' }, limits: { memory: '512Mi' } },
  securityContext: restrictedContainer(KIT_USER),
  volumeMounts: [...volumeMounts],
});

class PodWeights {
  private readonly ca;
  private readonly manifests: string;

  public constructor(private readonly props: WeightsVolumeProps) {
    this.ca = mountedCa(props.ca, props.namespace, `${props.name}-source-ca`, 'source-ca.pem');
    this.manifests = `${props.name}-manifests`;
  }

  public whole(): WeightsVolume {
    const { models, files = [] } = this.props;
    const modelParts = models.map((model, at) => this.model(model, volumeName(at)));
    const fileParts = files.map(({ name, files: set, path }) =>
      this.fetched(
        `files-${name}`,
        path,
        set.reduce((sum, { totalBytes }) => sum + totalBytes, 0),
        set.flatMap((file) => ['--file', `${file.name}@${file.digest}`]),
      ),
    );
    const parts = [...modelParts, ...fileParts];
    const fromMirror = parts.some(({ initContainer }) => initContainer.args?.[1] === 'fetch');
    const manifests = parts.some(({ initContainer }) => initContainer.args?.[1] === 'verify');
    return {
      initContainers: parts.map(({ initContainer }) => initContainer),
      volumes: [
        ...parts.flatMap(({ volume }) => volume ?? []),
        ...(fromMirror ? this.ca.volumes : []),
        ...(manifests ? [{ name: this.manifests, configMap: { name: this.manifests } }] : []),
      ],
      claimTemplates: parts.flatMap(({ claimTemplate }) => claimTemplate ?? []),
      contentKey: contentKey(models),
      objects: [...(fromMirror ? this.ca.objects : []), ...(manifests ? [this.manifestMap()] : [])],
      mounts: parts.map(({ mount }) => mount),
      ephemeralBytes: parts.reduce((sum, part) => sum + part.ephemeralBytes, 0),
    };
  }

  private model(model: PodModel, name: string): Part {
    const { way = 'fetch' } = this.props;
    const content = [`--${model.kind ?? 'model'}`, `${model.name}@${model.digest}`];
    if (way === 'fetch') return this.fetched(name, model.path, model.totalBytes, content);
    if (way === 'cache') return this.cached(name, model, content);
    return this.mounted(name, model, way === 'image' ? this.imageVolume(model) : this.claimVolume(model));
  }

  private fetched(name: string, path: string, totalBytes: number, content: readonly string[]): Part {
    const { kitImage, mirrorUrl } = this.props;
    const args = ['fetch', '--mirror', mirrorUrl, ...content, '--into', path, ...this.ca.args];
    return {
      volume: { name, emptyDir: { sizeLimit: mebibytes(limitOf(totalBytes)) } },
      initContainer: kitContainer(kitImage, name, args, [{ name, mountPath: path }, ...this.ca.mounts]),
      mount: { name, mountPath: path, readOnly: true },
      ephemeralBytes: limitOf(totalBytes),
    };
  }

  /** Pod Security "restricted" has no host paths, so what stays on a node is a claim of a node-local class. */
  private cached(name: string, { digest, totalBytes, path }: PodModel, content: readonly string[]): Part {
    const { kitImage, mirrorUrl, storageClassName } = this.props;
    const args = ['fetch', '--mirror', mirrorUrl, ...content, '--cache', CACHE_FOLDER, ...this.ca.args];
    return {
      claimTemplate: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name, labels: { ...platformLabels(name) } },
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: gibibytes(limitOf(totalBytes)) } },
          ...(storageClassName === undefined ? {} : { storageClassName }),
        },
      },
      initContainer: kitContainer(kitImage, name, args, [{ name, mountPath: CACHE_FOLDER }, ...this.ca.mounts]),
      mount: { name, mountPath: path, subPath: hexOf(digest), readOnly: true },
      ephemeralBytes: 0,
    };
  }

  private mounted(name: string, model: PodModel, { source, subPath }: { source: object; subPath: string }): Part {
    const mount: VolumeMount = { name, mountPath: model.path, subPath, readOnly: true };
    const manifest = `${MANIFEST_FOLDER}/${model.name}.json`;
    const args = ['verify', '--manifest', manifest, '--digest', model.digest, '--dir', model.path];
    const mounts = [mount, { name: this.manifests, mountPath: MANIFEST_FOLDER, readOnly: true }];
    return {
      volume: { name, ...source },
      initContainer: kitContainer(this.props.kitImage, name, args, mounts),
      mount,
      ephemeralBytes: 0,
    };
  }

  /** Always read-only; the folder inside is that of offline-bundle/weights/image-form.ts. */
  private imageVolume({ name, image }: PodModel): { source: object; subPath: string } {
    if (image === undefined)
      throw badInput('CONSTRUCT_PROPS_INVALID', `model "${name}" is no image`, 'give its image form, by digest');
    return { source: { image: { reference: image, pullPolicy: 'IfNotPresent' } }, subPath: `models/${name}` };
  }

  private claimVolume({ digest }: PodModel): { source: object; subPath: string } {
    const { claimName } = this.props;
    if (claimName === undefined)
      throw badInput('CONSTRUCT_PROPS_INVALID', 'no shared claim is named', 'name the claim that holds the models');
    return {
      source: { persistentVolumeClaim: { claimName, readOnly: true } },
      subPath: hexOf(digest),
    };
  }

  private manifestMap(): ConfigMap {
    const { namespace, models } = this.props;
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: this.manifests, namespace, labels: { ...platformLabels(this.manifests) } },
      data: Object.fromEntries(
        models.map(({ name, manifest }) => {
          if (manifest === undefined)
            throw badInput(
              'CONSTRUCT_PROPS_INVALID',
              `model "${name}" has no manifest`,
              'give the text of its manifest',
            );
          return [`${name}.json`, manifest];
        }),
      ),
    };
  }
}

/**
 * Brings models and files into a pod, each verified before the engine starts.
 *
 * @throws AirlockError (input) when the way needs something that is not given
 */
export const weightsVolume = (props: WeightsVolumeProps): WeightsVolume => new PodWeights(props).whole();
