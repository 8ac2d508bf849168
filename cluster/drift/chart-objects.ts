/** Objects of charts that only Helm renders: no plan shows them, so what Helm keeps of the release stands in. */
import { gunzipSync } from 'node:zlib';
import { parseAllDocuments } from 'yaml';
import type { PlainObject } from '../../audit/kubernetes/plain';
import type { PlannedRelease } from '../planned-objects';

interface KeptRelease {
  readonly name: string;
  readonly namespace: string;
  readonly manifest?: string;
  readonly hooks?: readonly { readonly manifest?: string }[];
}

interface KeptSecret {
  readonly data?: Readonly<Record<string, string>>;
}

/** Twice base64, then gzip (helm/helm pkg/storage/driver/util.go, encodeRelease). */
function decoded(secret: PlainObject): KeptRelease {
  const { data = {} } = secret as unknown as KeptSecret;
  const stored = Buffer.from(data['release'] ?? '', 'base64').toString('latin1');
  return JSON.parse(gunzipSync(Buffer.from(stored, 'base64')).toString('utf8')) as KeptRelease;
}

const isDeployed = ({ metadata }: PlainObject, { name, namespace }: PlannedRelease): boolean => {
  const labels = (metadata['labels'] ?? {}) as Readonly<Record<string, string>>;
  const is = labels['owner'] === 'helm' && labels['status'] === 'deployed' && labels['name'] === name;
  return is && metadata.namespace === namespace;
};

const isObject = (value: unknown): value is PlainObject =>
  typeof value === 'object' && value !== null && 'kind' in value && 'metadata' in value;

/** @param live with the Secrets in which Helm keeps releases */
export function chartObjects(live: readonly PlainObject[], releases: readonly PlannedRelease[]): PlainObject[] {
  return releases
    .filter(({ shown }) => !shown)
    .flatMap((release) => live.filter((object) => object.kind === 'Secret' && isDeployed(object, release)))
    .flatMap((secret) => {
      const { namespace, manifest = '', hooks = [] } = decoded(secret);
      const documents = [manifest, ...hooks.map((hook) => hook.manifest ?? '')].flatMap((text) =>
        parseAllDocuments(text).map((document) => document.toJS() as unknown),
      );
      return documents.filter(isObject).flatMap((object) => [
        object,
        // A chart may leave the namespace of its release out.
        { ...object, metadata: { ...object.metadata, namespace: object.metadata.namespace ?? namespace } },
      ]);
    });
}
