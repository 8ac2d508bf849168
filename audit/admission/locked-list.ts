/** Whether the list that admission looks images up in is the lock, no more and no less. */
import { objectsNamed } from '../kubernetes/find-object';
import type { KubernetesObject } from '../kubernetes/object';
import { at, isEmptyObject, textOf, textsOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import type { AuditContext, Complaint } from '../rules/rule';

/** Namespace and name of the ConfigMap that a binding reads; undefined when it names none. */
export function parameterOf(binding: PlanNode): { namespace: string; name: string } | undefined {
  const reference = at(binding, 'spec', 'paramRef');
  const name = textOf(at(reference, 'name'));
  const namespace = textOf(at(reference, 'namespace'));
  return name === undefined || namespace === undefined ? undefined : { namespace, name };
}

const lines = (text: string | undefined): string[] => (text === undefined ? [] : text.split('\n'));

/** Hexadecimal digest → references, as the lock and the registry of the enclave make them. */
function expected({ locked, enclave }: AuditContext): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, string[]>();
  for (const { repository, digest } of locked.references()) {
    const hex = digest.replace('sha256:', '');
    map.set(hex, [...(map.get(hex) ?? []), `${enclave.registry}/${repository}@${digest}`]);
  }
  return map;
}

function listComplaints(list: KubernetesObject, context: AuditContext): Complaint[] {
  const data = at(list.root, 'data');
  const where = (data ?? list.root).where;
  const listed = textsOf(data);
  const wanted = expected(context);
  const strange = [...listed].flatMap(([hex, text]) =>
    lines(text).filter((reference) => wanted.get(hex)?.includes(reference) !== true),
  );
  const missing = [...wanted].flatMap(([hex, references]) =>
    references.filter((reference) => !lines(listed.get(hex)).includes(reference)),
  );
  const binary = at(list.root, 'binaryData');
  return [
    ...strange.map((value) => ({
      check: 'unlocked',
      message: 'the list lets an image run that the lock does not have',
      fix: 'remove it, or add the image to the site and lock again',
      where,
      value,
    })),
    ...missing.map((value) => ({
      check: 'not-listed',
      message: 'the list lacks an image of the lock, so its pods would be refused',
      fix: 'list every image of the lock',
      where,
      value,
    })),
    ...(binary === undefined || isEmptyObject(binary)
      ? []
      : [{ check: 'unlocked', message: 'binaryData is no list of images', fix: 'remove it', where: binary.where }]),
  ];
}

/** @returns complaints about the binding, and about the list with the object that holds them */
export function lockedListComplaints(
  policy: PlanNode,
  binding: PlanNode,
  context: AuditContext,
): { readonly binding: Complaint[]; readonly list?: KubernetesObject; readonly listed: Complaint[] } {
  const reference = at(binding, 'spec', 'paramRef');
  const where = (reference ?? at(binding, 'spec') ?? binding).where;
  const complaint = (message: string, fix: string): Complaint => ({ check: 'parameter', message, fix, where });
  const kind = at(policy, 'spec', 'paramKind');
  if (textOf(at(kind, 'apiVersion')) !== 'v1' || textOf(at(kind, 'kind')) !== 'ConfigMap') {
    return { binding: [complaint('the policy reads no ConfigMap', 'set paramKind to v1 ConfigMap')], listed: [] };
  }
  const named = parameterOf(binding);
  const refuses = textOf(at(reference, 'parameterNotFoundAction')) === 'Deny';
  const list =
    named === undefined
      ? undefined
      : objectsNamed(context.objects, 'ConfigMap', named.namespace, named.name).find(
          ({ apiVersion, hook }) => apiVersion === 'v1' && !hook,
        );
  if (!refuses || at(reference, 'selector') !== undefined) {
    return {
      binding: [complaint('requests pass while the list is missing', 'name it, with parameterNotFoundAction Deny')],
      listed: [],
    };
  }
  if (list === undefined) {
    return { binding: [complaint('the plan makes no ConfigMap of that name', 'make it in the plan')], listed: [] };
  }
  return { binding: [], list, listed: listComplaints(list, context) };
}
