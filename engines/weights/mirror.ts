/** How the kit's image is told to serve weights inside the cluster, from a volume that it fills by itself. */
import type { Digest } from '../../core/digest';
import { NAMESPACES } from '../../catalog/platform/names';
import { fileRepository, modelRepository, storeRepository } from '../../site/enclave-names';

/** Name of the mirror's Service, and the port it listens on. */
export const WEIGHT_MIRROR_NAME = 'weight-mirror';
export const WEIGHT_MIRROR_PORT = 8080;

/** Address of the mirror inside the cluster; without the cluster's domain, which sites may change. */
export const WEIGHT_MIRROR_URL = `http://${WEIGHT_MIRROR_NAME}.${NAMESPACES.mirror}.svc:${WEIGHT_MIRROR_PORT}`;

/** A model or a file that the mirror serves. */
export interface MirroredContent {
  /** Name in the lock. */
  readonly name: string;
  /** Digest of its OCI manifest. */
  readonly digest: Digest;
  readonly totalBytes: number;
}

export interface MirrorOptions {
  /** Folder of its store. */
  readonly store: string;
  /** Port on all addresses of the pod. */
  readonly port: number;
  /** Registry that it fills itself from, e.g. `https://registry.internal:5443`. */
  readonly fillFrom: string;
  readonly models: readonly MirroredContent[];
  readonly files: readonly MirroredContent[];
  /** Ollama stores, by the names of their servings. */
  readonly stores: readonly MirroredContent[];
}

/** Arguments of the container. */
export function mirrorArguments({ store, port, fillFrom, models, files, stores }: MirrorOptions): string[] {
  const pins = [
    ...models.map(({ name, digest }) => `${modelRepository(name)}@${digest}`),
    ...files.map(({ name, digest }) => `${fileRepository(name)}@${digest}`),
    ...stores.map(({ name, digest }) => `${storeRepository(name)}@${digest}`),
  ].sort();
  return [
    'mirror',
    ...['--store', store],
    ...['--listen', `0.0.0.0:${port}`],
    // Nothing to pin is nothing to fill.
    ...(pins.length === 0 ? [] : ['--fill-from', fillFrom]),
    ...pins.flatMap((pin) => ['--pin', pin]),
  ];
}
