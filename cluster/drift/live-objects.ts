/** Lists what is there, kind by kind; what cannot be listed is said. */
import type { PlainObject } from '../../audit/kubernetes/plain';
import { environmentFailed } from '../../core/errors';
import type { Kubectl, Ran } from '../kubectl';
import { type ApiKind, qualified, type Unknown } from './api-kinds';

export interface Listing {
  readonly objects: readonly PlainObject[];
  readonly unknown: readonly Unknown[];
}

/** kubectl's words where the server itself did not answer (net/http, client-go). */
const NO_ANSWER =
  /Unable to connect to the server|was refused - did you specify the right host|no such host|i\/o timeout/;

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

const itemsOf = ({ stdout }: Ran): readonly PlainObject[] =>
  (JSON.parse(stdout) as { readonly items: readonly PlainObject[] }).items;

/**
 * @param where arguments that say in which namespace
 * @param name of the place, for what could not be listed
 * @throws AirlockError (environment) when the server does not answer
 */
export async function listKinds(
  kubectl: Kubectl,
  kinds: readonly ApiKind[],
  where: readonly string[],
  name: string,
): Promise<Listing> {
  if (kinds.length === 0) return { objects: [], unknown: [] };
  const list = (some: readonly ApiKind[]): Promise<Ran> =>
    kubectl.run(['get', some.map(qualified).join(','), ...where, '--show-managed-fields', '--output=json']);
  const all = await list(kinds);
  if (all.code === 0) return { objects: itemsOf(all), unknown: [] };
  // One of them failed, and kubectl does not say which in a form to rely on.
  const objects: PlainObject[] = [];
  const unknown: Unknown[] = [];
  for (const kind of kinds) {
    const ran = await list([kind]);
    if (ran.code === 0) objects.push(...itemsOf(ran));
    else if (NO_ANSWER.test(ran.stderr)) {
      throw environmentFailed(
        'KUBECTL_FAILED',
        `kubectl get ${qualified(kind)}: ${lastLine(ran.stderr)}`,
        'check that kubectl reaches the cluster',
      );
    } else
      unknown.push({
        what: `${kind.kind} (${kind.group === '' ? kind.resource : `${kind.resource}.${kind.group}`}) ${name}`,
        why: lastLine(ran.stderr),
      });
  }
  return { objects, unknown };
}
