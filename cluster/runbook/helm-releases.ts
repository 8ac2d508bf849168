/**
 * What is deployed, as the cluster's envelope releases hold it. Helm keeps each revision in a Secret, as base64 of gzip of
 * JSON (helm/helm pkg/storage/driver/util.go, encodeRelease); the values of an envelope release are its objects.
 */
import { gunzipSync } from 'node:zlib';
import type { Secret } from 'kubernetes-types/core/v1';
import type { PlainObject } from '../../audit/kubernetes/plain';
import type { Kubectl } from '../kubectl';

interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
  readonly config?: { readonly objects?: readonly PlainObject[] };
}

/** Objects of a release; undefined where it is none of the envelope chart. */
export function releasedObjects({ data }: Secret): readonly PlainObject[] | undefined {
  const stored = Buffer.from(data?.['release'] ?? '', 'base64').toString('latin1');
  const release = JSON.parse(gunzipSync(Buffer.from(stored, 'base64')).toString('utf8')) as HelmRelease;
  return release.config?.objects?.map((object) => ({
    ...object,
    metadata: { ...object.metadata, namespace: object.metadata.namespace ?? release.namespace },
  }));
}

/**
 * Objects of every envelope release of some namespaces, at the revision that is deployed.
 *
 * @throws AirlockError (environment) when the cluster cannot be reached
 */
export async function deployedObjects(
  kubectl: Kubectl,
  namespaces: readonly string[],
): Promise<readonly PlainObject[]> {
  const found: PlainObject[] = [];
  for (const namespace of namespaces) {
    const args = ['get', 'secrets', '--namespace', namespace, '--selector=owner=helm,status=deployed'];
    const { items } = await kubectl.json<{ readonly items: readonly Secret[] }>(args);
    found.push(...items.flatMap((secret) => releasedObjects(secret) ?? []));
  }
  return found;
}
