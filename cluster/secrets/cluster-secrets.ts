/** Secrets in the cluster: which are there, and making one. Values are read by nobody and printed nowhere. */
import { badInput, checkFailed } from '../../core/errors';
import type { Kubectl } from '../kubectl';
import type { NeededSecret } from './needed';

const MANAGER = 'airlock-secrets';

export interface SecretState extends NeededSecret {
  /** `incomplete`: it is there, but lacks keys. */
  readonly state: 'present' | 'missing' | 'incomplete';
  readonly missingKeys: readonly string[];
}

interface SecretObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** Holds what a plan needs against what the cluster has. */
export async function secretStates(kubectl: Kubectl, needed: readonly NeededSecret[]): Promise<SecretState[]> {
  return Promise.all(
    needed.map(async (secret) => {
      const found = await kubectl.find<SecretObject>('secret', secret.name, secret.namespace);
      if (found === undefined) return { ...secret, state: 'missing', missingKeys: secret.keys };
      const missingKeys = secret.keys.filter((key) => found.data?.[key] === undefined);
      return { ...secret, state: missingKeys.length === 0 ? 'present' : 'incomplete', missingKeys };
    }),
  );
}

export interface NewSecret {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  /** Key → bytes. */
  readonly data: ReadonlyMap<string, Buffer>;
  /** Whether one that is there may be replaced. */
  readonly replace: boolean;
}

/** `namespace/name`, both DNS names (Kubernetes documentation, "Object Names and IDs"). */
export function parseSecretName(text: string): { readonly namespace: string; readonly name: string } {
  const [, namespace, name] =
    /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)$/.exec(text) ?? [];
  if (namespace === undefined || name === undefined) {
    throw badInput(
      'USAGE_INVALID_VALUE',
      `"${text}" names no Secret`,
      'write <namespace>/<name>, as `airlock secrets list` shows it',
    );
  }
  return { namespace, name };
}

/**
 * Makes a Secret in a namespace that the plan has made.
 *
 * @throws AirlockError (check) when it is there already, (environment) when the API server refuses
 */
export async function createSecret(kubectl: Kubectl, secret: NewSecret): Promise<'created' | 'replaced'> {
  const { namespace, name, type, data, replace } = secret;
  if (data.size === 0)
    throw badInput(
      'USAGE_MISSING_OPTION',
      'a Secret without keys is of no use',
      'give --from-file <key>=<path> or --random <key>',
    );
  const found = await kubectl.find<SecretObject>('secret', name, namespace);
  if (found !== undefined && !replace) {
    throw checkFailed(
      'SECRET_EXISTS',
      `Secret ${namespace}/${name} is there already`,
      'pass --replace to change its values',
    );
  }
  if ((await kubectl.find('namespace', namespace)) === undefined) {
    throw checkFailed(
      'NAMESPACE_MISSING',
      `there is no namespace ${namespace}`,
      'deploy the stack that makes it first; its pods wait for the Secret',
    );
  }
  await kubectl.apply(
    [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace, labels: { 'app.kubernetes.io/part-of': 'airlock' } },
        type,
        data: Object.fromEntries([...data].map(([key, bytes]) => [key, bytes.toString('base64')])),
      },
    ],
    MANAGER,
  );
  return found === undefined ? 'created' : 'replaced';
}
