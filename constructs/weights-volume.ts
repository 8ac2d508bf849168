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

/** A file of the lock that a pod needs. */
export interface PodFile {
  readonly name: string;
  /** Digest of the file's OCI manifest. */
  readonly digest: Digest;
  readonly totalBytes: number;
}

/** Files that a pod sees beside each other in one folder. */
export interface PodFiles {
  /** Names the volume and its init container, e.g. `tiktoken`. */
  readonly name: string;
  readonly files: readonly PodFile[];
  /** Absolute path of the folder. */
  readonly path: string;
}

export interface WeightsVolumeProps {
  /** The kit's image, by digest. */
  readonly kitImage: string;
  /** Address of the weight mirror. */
  readonly mirrorUrl: string;
  /** What the pod needs; the first is the model itself, the rest are adapters. */
  readonly models: readonly PodModel[];
  /**
   * Sets of files that the pod needs beside its models.
   *
   * @default - none
   */
  readonly files?: readonly PodFiles[];
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

/** One folder, filled by one init container. */
interface Fetched {
  /** Of the volume and of the init container. */
  readonly name: string;
  readonly path: string;
  readonly totalBytes: number;
  /** What `weights fetch` is asked for. */
  readonly contents: readonly string[];
}

const limitOf = ({ totalBytes }: Fetched): number => Math.ceil(totalBytes * WEIGHTS_FACTOR) + 64 * MIB;

/** `weights` for the model itself; adapters are counted, sets of files are named. */
const volumeName = (at: number): string => (at === 0 ? 'weights' : `weights-${at}`);

const fetchedModel = ({ name, digest, totalBytes, path }: PodModel, at: number): Fetched => ({
  name: volumeName(at),
  path,
  totalBytes,
  contents: ['--model', `${name}@${digest}`],
});

const fetchedFiles = ({ name, files, path }: PodFiles): Fetched => ({
  name: `files-${name}`,
  path,
  totalBytes: files.reduce((sum, { totalBytes }) => sum + totalBytes, 0),
  contents: files.flatMap((file) => ['--file', `${file.name}@${file.digest}`]),
});

function fetchContainer({ kitImage, mirrorUrl }: WeightsVolumeProps, { name, path, contents }: Fetched): Container {
  return {
    name,
    image: kitImage,
    imagePullPolicy: 'IfNotPresent',
    args: [...['weights', 'fetch'], ...['--mirror', mirrorUrl], ...contents, ...['--into', path]],
    resources: { requests: { cpu: '1', memory: '256Mi' }, limits: { memory: '512Mi' } },
    securityContext: restrictedContainer(KIT_USER),
    volumeMounts: [{ name, mountPath: path }],
  };
}

/** Fetches everything from the mirror into volumes that live as long as the pod, and verifies it there. */
export function weightsVolume(props: WeightsVolumeProps): WeightsVolume {
  const fetched = [...props.models.map(fetchedModel), ...(props.files ?? []).map(fetchedFiles)];
  return {
    initContainers: fetched.map((one) => fetchContainer(props, one)),
    volumes: fetched.map((one) => ({ name: one.name, emptyDir: { sizeLimit: mebibytes(limitOf(one)) } })),
    mounts: fetched.map(({ name, path }) => ({ name, mountPath: path, readOnly: true })),
    ephemeralBytes: fetched.reduce((sum, one) => sum + limitOf(one), 0),
  };
}
