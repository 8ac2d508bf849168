/**
 * Holds a saved plan of Terraform, as `terraform show -json` prints it, against the configuration that was judged: the same
 * resources with the same values, and nothing destroyed that nobody allowed (Terraform, "JSON Output Format", format 1).
 */
import { type Difference, differences } from './same-value';

type Raw = Readonly<Record<string, unknown>>;

/** What of a saved plan is not as it was judged. */
export interface ChangeFault {
  readonly address: string;
  readonly message: string;
}

export interface JudgedChanges {
  readonly faults: readonly ChangeFault[];
  /** Addresses of what would be destroyed or replaced. */
  readonly destroyed: readonly string[];
}

const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);
const raw = (value: unknown): Raw => (isRaw(value) ? value : {});
const own = (value: Raw, key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined);

/** Members of the document that say nothing of what will be done, or are judged here. */
const KNOWN = new Set([
  ...['format_version', 'terraform_version', 'timestamp', 'relevant_attributes', 'configuration', 'variables'],
  ...['planned_values', 'prior_state', 'resource_drift', 'resource_changes', 'output_changes', 'checks'],
  ...['applyable', 'complete', 'errored'],
]);
/** What does something to a resource and leaves it; what else Terraform may say is refused. */
const HARMLESS_ACTIONS = new Set(['no-op', 'create', 'update']);
/** Arguments of every resource that are Terraform's own. */
const META = new Set(['//', 'depends_on', 'lifecycle', 'provider', 'count', 'for_each', 'provisioner', 'connection']);
/** What Terraform itself provides: `terraform_data`. */
const BUILT_IN = /^terraform\.io\/builtin\/terraform$/;

const isAbsent = (value: unknown): boolean => value === null || value === undefined;
const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/** What the document says of itself. */
function documentFaults(shown: Raw): ChangeFault[] {
  const fault = (message: string): ChangeFault => ({ address: 'plan', message });
  const odd = Object.entries(shown).filter(([key, value]) => !KNOWN.has(key) && !isEmpty(value));
  return [
    ...(/^1\.\d+$/.test(String(shown['format_version']))
      ? []
      : [fault(`its format ${String(shown['format_version'])} is not known`)]),
    ...(isEmpty(shown['errored']) ? [] : [fault('Terraform could not make the whole of it')]),
    ...(shown['complete'] === false ? [fault('Terraform says that it is not complete')] : []),
    ...odd.map(([key]) => fault(`it holds ${key}, which is not known here`)),
  ];
}

/** Full sources of the providers that the configuration requires. */
function requiredSources(configuration: Raw): Set<unknown> {
  const required = raw(raw(configuration['terraform'])['required_providers']);
  return new Set(Object.values(required).map((one) => raw(one)['source']));
}

interface Change {
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly mode: string;
  readonly provider: string;
  readonly actions: readonly string[];
  readonly body: Raw;
  readonly entry: Raw;
}

function changeOf(value: unknown): Change {
  const entry = raw(value);
  const body = raw(entry['change']);
  const text = (key: string): string => (typeof entry[key] === 'string' ? entry[key] : '');
  const actions = Array.isArray(body['actions']) ? (body['actions'] as unknown[]).map(String) : ['none'];
  const { address, type, name, mode } = {
    address: text('address'),
    type: text('type'),
    name: text('name'),
    mode: text('mode'),
  };
  return { address, type, name, mode, provider: text('provider_name'), actions, body, entry };
}

/** The block that declares a resource; undefined where nothing does. */
function declared(configuration: Raw, { mode, type, name }: Change): Raw | undefined {
  const blocks = raw(configuration[mode === 'data' ? 'data' : 'resource']);
  const block = own(raw(own(blocks, type)), name);
  return isRaw(block) ? block : undefined;
}

function valueFaults(block: Raw, { address, type, body, mode }: Change): ChangeFault[] {
  // What a data source reads is no change, and nobody states it.
  if (mode === 'data') return [];
  const stated = Object.fromEntries(Object.entries(block).filter(([key]) => !META.has(key)));
  const found: Difference[] = differences(type, stated, body['after'], body['after_unknown']);
  return found.map(({ path, why }) => ({ address, message: `${path} ${why}` }));
}

function changeFaults(configuration: Raw, sources: ReadonlySet<unknown>, change: Change): ChangeFault[] {
  const { address, type, name, provider, actions, body, entry } = change;
  const fault = (message: string): ChangeFault => ({ address, message });
  const isRead = change.mode === 'data' && actions.join() === 'read';
  const strange = actions.filter((action) => !isRead && action !== 'delete' && !HARMLESS_ACTIONS.has(action));
  const block = declared(configuration, change);
  const onlyDeletes = actions.length > 0 && actions.every((action) => action === 'delete');
  return [
    ...(actions.length === 0 ? [fault('nothing says what Terraform would do')] : []),
    ...strange.map((action) => fault(`Terraform would do "${action}", which is not known here`)),
    ...(sources.has(provider) || (BUILT_IN.test(provider) && type.startsWith('terraform_'))
      ? []
      : [fault(`its provider ${provider} is none that the plan requires`)]),
    ...(isAbsent(body['importing']) ? [] : [fault('Terraform would take over what is there already')]),
    ...(onlyDeletes
      ? []
      : address === `${change.mode === 'data' ? 'data.' : ''}${type}.${name}`
        ? []
        : [fault('it is one of several, or of a module')]),
    ...(isAbsent(entry['previous_address']) ? [] : [fault('Terraform would move it from another name')]),
    ...(isEmpty(entry['deposed']) || onlyDeletes ? [] : [fault('it is a leftover of a broken replacement')]),
    ...(onlyDeletes
      ? []
      : block === undefined
        ? [fault('nothing of the judged plan declares it')]
        : valueFaults(block, change)),
  ];
}

/** Resources that are declared, and of which Terraform says nothing. */
function left(configuration: Raw, changes: readonly Change[]): ChangeFault[] {
  const named = new Set(changes.map(({ address }) => address));
  return Object.entries(raw(configuration['resource'])).flatMap(([type, blocks]) =>
    Object.keys(raw(blocks))
      .map((name) => `${type}.${name}`)
      .filter((address) => !named.has(address))
      .map((address) => ({ address, message: 'it is declared, and Terraform plans without it' })),
  );
}

/** What else the document says of what will be there. */
function furtherFaults(configuration: Raw, shown: Raw, changes: readonly Change[]): ChangeFault[] {
  const addresses = changes.map(({ address }) => address);
  const twice = addresses.filter((address, at) => addresses.indexOf(address) !== at);
  const { resources, child_modules: modules } = raw(raw(shown['planned_values'])['root_module']);
  const planned = (Array.isArray(resources) ? (resources as unknown[]) : []).map((one) => raw(one)['address']);
  const outputs = Object.keys(raw(shown['output_changes'])).filter(
    (name) => own(raw(configuration['output']), name) === undefined,
  );
  return [
    ...twice.map((address) => ({ address, message: 'it is planned twice' })),
    ...planned
      .filter((address) => !addresses.includes(String(address)))
      .map((address) => ({ address: String(address), message: 'it will be there, and no change makes it' })),
    ...(isEmpty(modules) ? [] : [{ address: 'plan', message: 'it holds modules' }]),
    ...outputs.map((name) => ({ address: `output.${name}`, message: 'nothing of the judged plan declares it' })),
  ];
}

/**
 * Judges the saved plan of one stack.
 *
 * @param configuration the stack's `cdk.tf.json`, as it was judged
 * @param shown what `terraform show -json` printed of the saved plan
 */
export function judgeChanges(configuration: unknown, shown: unknown): JudgedChanges {
  const [wanted, document] = [raw(configuration), raw(shown)];
  const changes = (Array.isArray(document['resource_changes']) ? (document['resource_changes'] as unknown[]) : []).map(
    changeOf,
  );
  const sources = requiredSources(wanted);
  return {
    faults: [
      ...documentFaults(document),
      ...changes.flatMap((change) => changeFaults(wanted, sources, change)),
      ...left(wanted, changes),
      ...furtherFaults(wanted, document, changes),
    ],
    destroyed: changes.filter(({ actions }) => actions.includes('delete')).map(({ address }) => address),
  };
}
