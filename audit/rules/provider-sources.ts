/** Provider requirements in Terraform's normal form. */
import { type PlanStack, type RequiredProvider } from '../plan/plan';

/** Terraform's default host and namespace (developer.hashicorp.com/terraform/language/providers/requirements). */
const DEFAULT_HOST = 'registry.terraform.io';
const DEFAULT_NAMESPACE = 'hashicorp';

/** `host/namespace/type` of a source as written; absent, it is the local name. */
export function fullSource({ source, localName }: Pick<RequiredProvider, 'source' | 'localName'>): string {
  const parts = (source ?? localName).toLowerCase().split('/');
  return [DEFAULT_HOST, DEFAULT_NAMESPACE]
    .slice(0, 3 - parts.length)
    .concat(parts)
    .join('/');
}

/** The version when the constraint admits exactly one: `1.2.3` or `= 1.2.3`. */
export const exactVersion = (constraint: string | undefined): string | undefined =>
  /^\s*=?\s*(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)\s*$/.exec(constraint ?? '')?.[1];

/**
 * Local names of providers that resources use: the name before the first underscore, unless `provider` names another
 * (developer.hashicorp.com/terraform/language/meta-arguments/resource-provider).
 */
export function usedProviders(stack: PlanStack): ReadonlyMap<string, PlanStack['resources'][number]> {
  const used = new Map<string, PlanStack['resources'][number]>();
  for (const resource of stack.resources) {
    const named = resource.body.entries.get('provider');
    const text = named?.kind === 'scalar' ? String(named.value).split('.')[0] : undefined;
    const localName = text ?? resource.type.split('_')[0] ?? '';
    if (!used.has(localName)) used.set(localName, resource);
  }
  return used;
}
