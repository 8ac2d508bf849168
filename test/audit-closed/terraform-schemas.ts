/**
 * What Terraform and OpenTofu themselves let a configuration say (developer.hashicorp.com/terraform/language and
 * opentofu.org/docs/language): blocks of the root, arguments of blocks, and what any resource takes beside its provider's.
 */
import type { Json } from './changes';

const NULL_RESOURCE = 'null_resource';
const CONDITION: Json = { condition: '${true}', error_message: 'x' };

/** Block of the root → a body that Terraform takes. */
export const ROOT_BLOCKS: Readonly<Record<string, Json>> = {
  action: { x: { x: { config: { x: 'x' } } } },
  check: { x: { assert: [CONDITION], data: { http: { x: { url: 'https://x' } } } } },
  data: { external: { x: { program: ['sh'] } } },
  ephemeral: { random_password: { x: { length: 1 } } },
  import: [{ to: 'x.x', id: 'x' }],
  list: { x: { x: { provider: 'x' } } },
  locals: { x: '${file("/etc/passwd")}' },
  module: { x: { source: './x' } },
  moved: [{ from: 'x.x', to: 'x.y' }],
  output: { x: { value: '${file("/etc/passwd")}' } },
  provider: { external: {} },
  removed: [{ from: 'x.x', lifecycle: { destroy: true } }],
  resource: { [NULL_RESOURCE]: { x: { provisioner: [{ 'local-exec': { command: 'true' } }] } } },
  run: { x: { command: 'apply' } },
  terraform: { backend: { http: { address: 'https://x' } } },
  variable: { x: { default: '${env("X")}' } },
  airlock_unknown: { x: 'x' },
};

const BACKENDS = [
  ...['azurerm', 'consul', 'cos', 'gcs', 'http', 'kubernetes', 'local', 'oci', 'oss', 'pg', 'remote', 's3', 'inmem'],
  ...['artifactory', 'etcd', 'etcdv3', 'manta', 'swift'],
];

/** Of the block `terraform`. */
export const TERRAFORM_ARGUMENTS: readonly (readonly [path: readonly string[], value: Json])[] = [
  ...BACKENDS.map((name) => [['backend', name], {}] as const),
  ...BACKENDS.map((name) => [['backend', name], { path: 'x', address: 'x', secret_suffix: 'x', bucket: 'x' }] as const),
  [['cloud'], { organization: 'x', hostname: 'x', workspaces: { name: 'x' } }],
  [['required_version'], '< 0.1, x'],
  [['required_version'], ['x']],
  [['experiments'], ['x']],
  [['provider_meta', 'kubernetes'], { x: 'x' }],
  [['language'], 'x'],
  [['encryption'], { key_provider: { pbkdf2: { x: { passphrase: 'x' } } } }],
  [['required_providers', 'external'], { source: 'hashicorp/external', version: '2.3.4' }],
  [['required_providers', 'external'], '2.3.4'],
  ...['source', 'version', 'configuration_aliases', 'host'].flatMap((name) =>
    ['helm', 'kubernetes'].map((provider) => [['required_providers', provider, name], 'x'] as const),
  ),
];

/** Of any resource. */
export const META_ARGUMENTS: Readonly<Record<string, readonly Json[]>> = {
  count: [0, 1, 2, '${1}'],
  for_each: [{}, { x: 'x' }, ['x'], '${toset(["x"])}'],
  provider: ['x.y', 'kubernetes.other', '${x.y}'],
  depends_on: [['x.x'], 'x'],
  provisioner: [
    [{ 'local-exec': { command: 'true' } }],
    { 'local-exec': { command: 'true', when: 'destroy' } },
    [{ 'remote-exec': { inline: ['true'] } }],
    { file: { source: 'x', destination: 'x' } },
  ],
  connection: [{ host: 'x' }, [{ type: 'ssh' }]],
  dynamic: [{ x: { for_each: ['x'], content: { x: 'x' } } }],
  timeouts: [{ create: '1h' }, { delete: 'x' }],
};

export const LIFECYCLE_ARGUMENTS: Readonly<Record<string, readonly Json[]>> = {
  create_before_destroy: [true, 'x'],
  prevent_destroy: [false, true, '${false}'],
  ignore_changes: ['all', ['all'], ['spec'], ['values'], ['metadata[0].labels']],
  replace_triggered_by: [['x.x']],
  precondition: [CONDITION, [CONDITION]],
  postcondition: [CONDITION],
  enabled: [false, true, '${false}'],
  destroy: [false, true],
  action_trigger: [{ events: ['after_create'], actions: ['action.x.x'] }],
};

/** Of every output and every variable. */
export const VALUE_ARGUMENTS: Readonly<Record<string, readonly Json[]>> = {
  default: ['x', '${file("x")}'],
  value: ['${file("/etc/passwd")}'],
  sensitive: [true, false],
  nullable: [true, false],
  ephemeral: [true],
  deprecated: ['x'],
  const: [true],
  validation: [CONDITION, [CONDITION]],
  precondition: [CONDITION],
  depends_on: [['x.x']],
};
