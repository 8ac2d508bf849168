import { TerraformElement, TerraformStack, TerraformVariable } from 'cdktf';
import type { Construct, Node } from 'constructs';
import { HelmProvider } from '@cdktf/provider-helm/lib/provider';
import { KubernetesProvider } from '@cdktf/provider-kubernetes/lib/provider';
import { TERRAFORM_PROVIDERS } from '../catalog/terraform-providers';
import { badInput } from '../core/errors';
import { checkPlan } from './check-plan';
import { StateBackend, type StateLocation } from './state-backend';

/** The last Terraform under MPL and every OpenTofu; nothing newer is used. */
const REQUIRED_TERRAFORM = '>= 1.5.7';

/** What all stacks of a site share. */
export interface BaseStackProps {
  /**
   * Where Terraform keeps the state: it holds what the cluster looks like, so keep it on encrypted storage.
   *
   * @default - local files in DEFAULT_STATE_DIRECTORY
   */
  readonly state?: StateLocation;
  /**
   * Whether Terraform may destroy what holds state: namespaces, claims and Secrets. Somebody has to say so for one
   * deployment; it is never the rule of a site.
   *
   * @default false
   */
  readonly allowDestroy?: boolean;
  /**
   * Patterns of annotations that others write on what the plan makes; those that the plan itself states are not meant.
   *
   * @default - nobody else writes any
   */
  readonly foreignAnnotations?: readonly string[];
}

interface ResourceBlock {
  lifecycle?: { prevent_destroy?: boolean };
}

/** Takes the guard off every resource of a synthesized stack. */
function unguard(plan: unknown): void {
  const { resource = {} } = plan as { resource?: Record<string, Record<string, ResourceBlock>> };
  for (const block of Object.values(resource).flatMap((named) => Object.values(named))) {
    delete block.lifecycle?.prevent_destroy;
    if (block.lifecycle !== undefined && Object.keys(block.lifecycle).length === 0) delete block.lifecycle;
  }
}

/**
 * What every stack of the kit shares: where its state lies, how it reaches the cluster, and how its resources are named.
 *
 * The cluster comes from variables at apply time (`kubeconfig`, `kube_context`), so no credential stands in the plan.
 *
 * Resources are named after their construct path alone. CDKTF appends an MD5 hash, which Node refuses in FIPS mode, and
 * which tells a reviewer nothing.
 *
 * @see https://developer.hashicorp.com/terraform/language/backend/local
 */
export class BaseStack extends TerraformStack {
  private readonly allowDestroy: boolean;

  public constructor(scope: Construct, id: string, props: BaseStackProps = {}) {
    super(scope, id);
    this.allowDestroy = props.allowDestroy ?? false;
    new StateBackend(this, props.state ?? { backend: 'local' });
    this.addOverride('terraform.required_version', REQUIRED_TERRAFORM);
    // With host and namespace, as the lock and the mirror name them: OpenTofu would fill in a host of its own.
    for (const { source, version } of TERRAFORM_PROVIDERS) {
      this.addOverride(`terraform.required_providers.${source.split('/').at(-1) ?? ''}`, { source, version });
    }
    const configPath = new TerraformVariable(this, 'kubeconfig', {
      type: 'string',
      default: '~/.kube/config',
      description: 'Path of the kubeconfig file of the cluster',
    }).stringValue;
    const context = new TerraformVariable(this, 'kube-context', {
      type: 'string',
      description: 'Context of that file; its current context when null',
    });
    // The binding fails on a default of null, which providers read as "not set".
    context.addOverride('default', null);
    const configContext = context.stringValue;
    const { foreignAnnotations } = props;
    new KubernetesProvider(this, 'kubernetes', {
      configPath,
      configContext,
      ...(foreignAnnotations === undefined ? {} : { ignoreAnnotations: [...foreignAnnotations] }),
    });
    new HelmProvider(this, 'helm', { kubernetes: { configPath, configContext } });
  }

  /**
   * CDKTF would resolve every value twice here, to find references between stacks. There are none: a stack of the kit is
   * planned and audited alone, and `checkPlan` refuses them.
   */
  public override prepareStack(): void {
    this.ensureBackendExists();
  }

  /**
   * @throws AirlockError (input) for what `checkPlan` refuses
   */
  public override toTerraform(): unknown {
    const plan: unknown = super.toTerraform();
    checkPlan(plan, this.node.id);
    if (this.allowDestroy) unguard(plan);
    return plan;
  }

  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : element;
    // `Resource` marks the main child of a construct and adds nothing to its name.
    const ids = node.scopes.slice(node.scopes.indexOf(this) + 1).map((construct) => construct.node.id);
    const named = ids.filter((part) => part !== 'Resource');
    const odd = named.find((part) => !/^[a-z][a-z0-9-]*$/.test(part));
    if (odd !== undefined) {
      throw badInput(
        'CONSTRUCT_PROPS_INVALID',
        `"${odd}" is no construct id`,
        'write lower-case letters, digits and hyphens, a letter first',
      );
    }
    return named.join('_');
  }
}
