import { posix } from 'node:path';
import { TerraformBackend, type TerraformRemoteState, type TerraformStack } from 'cdktf';
import { badInput } from '../core/errors';

/** Seen from a stack's folder, `cdktf.out/stacks/<stack>`: a folder beside `cdktf.out`. */
export const DEFAULT_STATE_DIRECTORY = '../../../state';
const DEFAULT_NAMESPACE = 'airlock-state';
const DEFAULT_SCHEMA = 'airlock';

/** Where Terraform keeps its state. */
export interface StateLocation {
  /** Backend as Terraform names it. */
  readonly backend: 'local' | 'kubernetes' | 'http' | 'pg';
  /**
   * local: folder of the state files, absolute or relative to a stack's folder.
   *
   * @default DEFAULT_STATE_DIRECTORY
   */
  readonly directory?: string;
  /**
   * kubernetes: namespace of the Secrets that hold the state.
   *
   * @default 'airlock-state'
   */
  readonly namespace?: string;
  /**
   * http: address below which each stack has its own, which also takes LOCK and UNLOCK.
   *
   * @default - none
   */
  readonly address?: string;
  /**
   * pg: prefix of the schemas, one for each stack.
   *
   * @default 'airlock'
   */
  readonly schema?: string;
}

/** Arguments of the backend block of one stack; credentials are none of them. */
function attributes(state: StateLocation, stack: string): Record<string, unknown> {
  switch (state.backend) {
    case 'local':
      return { path: posix.join(state.directory ?? DEFAULT_STATE_DIRECTORY, `${stack}.tfstate`) };
    case 'kubernetes':
      return {
        namespace: state.namespace ?? DEFAULT_NAMESPACE,
        // No digit at the end: Terraform appends numbers where a state takes several Secrets.
        secret_suffix: `airlock-${stack}`,
        labels: { 'app.kubernetes.io/part-of': 'airlock' },
      };
    case 'http': {
      const address = `${state.address ?? ''}/${stack}`;
      return { address, lock_address: address, unlock_address: address };
    }
    case 'pg':
      return { schema_name: `${state.schema ?? DEFAULT_SCHEMA}_${stack.replaceAll('-', '_')}` };
  }
}

/**
 * Where one stack keeps its state.
 *
 * State names every object and holds what providers computed, so it belongs on encrypted storage. Its credentials come
 * from the environment of Terraform alone: `KUBE_CONFIG_PATH` for kubernetes, `TF_HTTP_USERNAME` and `TF_HTTP_PASSWORD`
 * for http, `PG_CONN_STR` for pg.
 *
 * @see https://developer.hashicorp.com/terraform/language/backend
 */
export class StateBackend extends TerraformBackend {
  public constructor(
    private readonly stack: TerraformStack,
    private readonly state: StateLocation,
  ) {
    super(stack, 'backend', state.backend);
  }

  /** @throws AirlockError always: stacks share plain values of the site, not state */
  public override getRemoteStateDataSource(): TerraformRemoteState {
    throw badInput(
      'CROSS_STACK_REFERENCE',
      'stacks of the kit do not read the state of each other',
      'pass the value of the site itself',
    );
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributes(this.state, this.stack.node.id);
  }
}
