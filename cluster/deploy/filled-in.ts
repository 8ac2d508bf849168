/**
 * What providers plan without being told: defaults, and what the API server fills in, by resource type and path. Nothing else may stand
 * in a plan that the configuration does not state.
 *
 * Source: schemas of hashicorp/kubernetes 2.38.0 and hashicorp/helm 3.1.1 (`terraform providers schema -json`), and what they plan for the
 * examples.
 */

/** Any value, or one of these. */
type Filled = 'any' | readonly (boolean | number | string)[];
type FilledIn = Readonly<Record<string, Filled>>;

const EVERY_TYPE: FilledIn = {
  id: 'any',
  timeouts: 'any',
  'metadata.generation': 'any',
  'metadata.resource_version': 'any',
  'metadata.uid': 'any',
};

const BY_TYPE: Readonly<Record<string, FilledIn>> = {
  helm_release: {
    manifest: 'any',
    metadata: 'any',
    render_subchart_notes: [true],
    resources: 'any',
    status: ['deployed', 'failed', 'pending-install', 'pending-upgrade', 'superseded'],
    timeout: [300],
    version: 'any',
    wait: [true],
  },
  kubernetes_persistent_volume_claim_v1: {
    'spec.storage_class_name': 'any',
    'spec.volume_mode': ['Filesystem'],
    'spec.volume_name': 'any',
    wait_until_bound: [true],
  },
  kubernetes_priority_class_v1: { preemption_policy: ['PreemptLowerPriority'] },
  terraform_data: { output: 'any' },
};

const own = (table: FilledIn | undefined, path: string): Filled | undefined =>
  table !== undefined && Object.hasOwn(table, path) ? table[path] : undefined;

/** Whether a value says no more than an absent one: to providers, a zero of its type is none (terraform-plugin-sdk, schema.ResourceData). */
export function isUnset(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '' || value === 0) return true;
  return typeof value === 'object' && Object.values(value).every(isUnset);
}

/**
 * Whether a value may stand at a path without being stated.
 *
 * @param path keys from the resource on, without positions in lists
 */
export function mayBeFilledIn(type: string, path: string, value: unknown): boolean {
  if (isUnset(value)) return true;
  const filled = own(Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : undefined, path) ?? own(EVERY_TYPE, path);
  return filled === 'any' || (filled !== undefined && filled.some((one) => one === value));
}
