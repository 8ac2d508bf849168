/** What an upgrade from one synthesis to another destroys, judged from the two configurations alone. */
import type { Fields, Plan, Plans } from '../examples';
import { addressesOf } from './addresses';
import { brokenRules, IMMUTABLE_FIELDS, REPLACING_FIELDS } from './immutable-fields';

interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

const resourceAt = (plan: Plan, address: string): Fields | undefined => {
  const [type = '', name = ''] = address.split('.');
  return plan.resource?.[type]?.[name];
};

/** Objects of an envelope release, by identity; undefined for a release of another chart. The version may change. */
function objectsOf(release: Fields): Map<string, KubeObject> | undefined {
  const [text, more] = (release['values'] as readonly string[] | undefined) ?? [];
  if (text === undefined || more !== undefined) return undefined;
  let value: { readonly objects?: readonly KubeObject[] };
  try {
    value = JSON.parse(text.replace(/([$%])\1(?=\{)/g, '$1')) as typeof value;
  } catch {
    return undefined; // YAML values of another chart
  }
  const group = ({ apiVersion }: KubeObject): string =>
    apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return (
    value.objects &&
    new Map(
      value.objects.map((object) => {
        const { name, namespace = '' } = object.metadata;
        return [`${object.kind}${group(object)} ${namespace === '' ? '' : `${namespace}/`}${name}`, object];
      }),
    )
  );
}

function releaseFaults(before: Fields, after: Fields): string[] {
  const [old, fresh] = [objectsOf(before), objectsOf(after)];
  if (old === undefined) return [];
  if (fresh === undefined) return ['its objects are no longer readable, so Helm may delete any of them'];
  return [...old].flatMap(([id, object]) => {
    const successor = fresh.get(id);
    if (successor === undefined) return [`Helm deletes ${id}, which the release no longer holds`];
    const broken = brokenRules(IMMUTABLE_FIELDS[object.kind] ?? [], object, successor);
    return broken.map((change) => `the API server refuses the change of ${id}, ${change}`);
  });
}

function resourceFaults(type: string, before: Fields, after: Fields): string[] {
  const own = REPLACING_FIELDS[type];
  if (own === undefined) return [`no entry for ${type} in tools/upgrade/immutable-fields.ts, so it cannot be judged`];
  const shared = type.startsWith('kubernetes_') ? [{ path: 'metadata.name' }, { path: 'metadata.namespace' }] : [];
  const guard = before['lifecycle'] === undefined ? [] : [{ path: 'lifecycle.prevent_destroy' }];
  return [
    ...brokenRules(guard, before, after).map((change) => `it is no longer guarded, ${change}`),
    ...brokenRules([...shared, ...own], before, after).map((change) => `Terraform replaces it, ${change}`),
    ...(type === 'helm_release' ? releaseFaults(before, after) : []),
  ];
}

function stackFaults(before: Plan, after: Plan | undefined): string[] {
  if (after === undefined) return ['the stack is gone, so nothing manages its objects any more'];
  const moved = new Map((after.moved ?? []).map(({ from, to }) => [from, to]));
  const backend = brokenRules([{ path: 'terraform.backend' }], before, after);
  return [
    ...backend.map((change) => `the state moves, so Terraform would create everything again, ${change}`),
    ...addressesOf(before).flatMap((address) => {
      const [old, fresh] = [resourceAt(before, address), resourceAt(after, moved.get(address) ?? address)];
      if (old === undefined) return [];
      if (fresh === undefined) return [`Terraform destroys ${address}, which is no longer in the plan`];
      return resourceFaults(address.split('.')[0] ?? '', old, fresh).map((fault) => `${address}: ${fault}`);
    }),
  ];
}

/**
 * Everything that an upgrade destroys, replaces or cannot apply, one sentence each; empty when it only adds and changes.
 *
 * `moved` blocks of the new plan are followed, so a renamed construct id that says where it came from destroys nothing.
 */
export const destroyed = (before: Plans, after: Plans): string[] =>
  [...before].flatMap(([stack, plan]) => stackFaults(plan, after.get(stack)).map((fault) => `${stack}: ${fault}`));
