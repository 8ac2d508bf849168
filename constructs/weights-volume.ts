/** How verified content gets into a pod: init containers of the kit, the volumes they fill, and how others see them. */
import type { Container, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import type { Digest } from '../core/digest';
import { mebibytes } from './quantity';
import { KIT_USER, restrictedContainer } from './restricted';

/** File system overhead beside the weights. */
const WEIGHTS_FACTOR = 1.05;
const MIB = 1024 ** 2;

/** A model of the lock that a pod needs. */
export interface PodModel {
  readonly name: string;
  /** Digest of the model's OCI manifest: what the pod may find in the mirror. */
  readonly digest: Digest;
  readonly totalBytes: number;
  /** Absolute path at which the pod sees its files. */
  readonly path: string;
}

export interface WeightsVolumeProps {
  /** The kit's image, by digest. */
  readonly kitImage: string;
  /** Address of the weight mirror. */
  readonly mirrorUrl: string;
  /** What the pod needs; the first is the model itself, the rest are adapters. */
  readonly models: readonly PodModel[];
}

/** The parts of a pod that bring its content. */
export interface WeightsVolume {
  /** They run to their end, in this order, before the engine starts; one that fails stops the pod. */
  readonly initContainers: readonly Container[];
  readonly volumes: readonly Volume[];
  /** How the engine mounts the content: read-only. */
  readonly mounts: readonly VolumeMount[];
  /** Node-local bytes that the volumes may take, for the container's ephemeral-storage request. */
  readonly ephemeralBytes: number;
}

const limitOf = ({ totalBytes }: PodModel): number => Math.ceil(totalBytes * WEIGHTS_FACTOR) + 64 * MIB;

/** `weights` for the model itself; adapters are counted. */
const volumeName = (at: number): string => (at === 0 ? 'weights' : `weights-${at}`);

function fetchContainer({ kitImage, mirrorUrl }: WeightsVolumeProps, model: PodModel, name: string): Container {
  return {
    name,
    image: kitImage,
    imagePullPolicy: 'IfNotPresent',
    args: [
      ...['weights', 'fetch'],
      ...['--mirror', mirrorUrl],
      ...['--model', `${model.name}@${model.digest}`],
      ...['--into', model.path],
    ],
    resources: { requests: { cpu: '1', memory: '256Mi' }, limits: { memory: '512Mi' } },
    securityContext: restrictedContainer(KIT_USER),
    volumeMounts: [{ name, mountPath: model.path }],
  };
}

/** Fetches every model from the mirror into a volume of its own that lives as long as the pod, and verifies it there. */
export function weightsVolume(props: WeightsVolumeProps): WeightsVolume {
  const { models } = props;
  return {
    initContainers: models.map((model, at) => fetchContainer(props, model, volumeName(at))),
    volumes: models.map((model, at) => ({
      name: volumeName(at),
      emptyDir: { sizeLimit: mebibytes(limitOf(model)) },
    })),
    mounts: models.map(({ path }, at) => ({ name: volumeName(at), mountPath: path, readOnly: true })),
    ephemeralBytes: models.reduce((sum, model) => sum + limitOf(model), 0),
  };
}
