import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { DnsPeer } from '../../catalog/distributions/distribution';
import type { AllowedFlow, Destination } from '../../catalog/platform/flow';
import { NAMESPACES, selectorLabels, workloadLabels } from '../../catalog/platform/names';
import type { Gateway, GatewaySpec } from '../../gateway/contract';
import { GATEWAY_PODS, type GatewayCaller, gatewayFlows, type GatewayTarget } from '../../gateway/flows';
import type { GatewayPolicy } from '../../gateway/policy';
import { tracesFlow } from '../../telemetry/traces/flows';
import type { ConfinedNamespace } from '../confinement/confined-namespace';
import { EnvelopeRelease } from '../release/envelope-release';
import { keptVolume } from '../workload/kept-volume';
import { GATEWAY_STATE_CLAIM, gatewayConfigMap, gatewayDeployment, type GatewayPodProps } from './gateway-objects';
import { clusterService, oneByOne } from '../workload/workload-objects';
import { DNS_LABEL } from '../../core/kubernetes-syntax';
import { gatewayPolicy } from '../checks/policy';
import { checkProps, type Checks, form, list, lockedImage, optional, port, record } from '../checks/props';
import { destination, dnsPeer, made, objectName, platform, podPeer, text } from '../checks/shared';

const NAME = 'gateway';
const STATE_SIZE = '1Gi';

/** Address of the gateway inside the cluster, without scheme. */
export const GATEWAY_HOST = `${NAME}.${NAMESPACES.gateway}.svc`;

/** Props of `GatewayRelease`. */
export interface GatewayReleaseProps {
  readonly namespace: ConfinedNamespace;
  readonly gateway: Gateway;
  /** Image of the gateway, by digest. */
  readonly image: string;
  /** Platform of that image, e.g. `linux/amd64`. */
  readonly platform: string;
  readonly policy: GatewayPolicy;
  /** Servings that it passes calls to. */
  readonly targets: readonly GatewayTarget[];
  /**
   * Who may reach it; a call still needs a key or a token.
   *
   * @default - nobody
   */
  readonly callers?: readonly GatewayCaller[];
  /** The cluster's resolver: servings are found by the names of their Services. */
  readonly dns: DnsPeer;
  /**
   * Secret of type kubernetes.io/tls with the certificate that callers see.
   *
   * @default - plain HTTP inside the cluster
   */
  readonly tlsSecret?: string;
  /**
   * Secret whose key `url` is the address of the database of budgets, and the destination where it runs.
   *
   * @default - one replica counts in a volume of its own
   */
  readonly database?: { readonly secret: string; readonly destination: Destination };
  /**
   * StorageClass of that volume.
   *
   * @default - the cluster's default
   */
  readonly storageClassName?: string;
}

const target = record<GatewayTarget>({ serving: form(DNS_LABEL), pods: podPeer, port });
const caller = record<GatewayCaller>({ name: form(DNS_LABEL), pods: podPeer, reason: text });

const CHECKS: Checks<GatewayReleaseProps> = {
  namespace: made,
  gateway: made,
  image: lockedImage,
  platform,
  policy: gatewayPolicy,
  targets: list(target),
  callers: optional(list(caller)),
  dns: dnsPeer,
  tlsSecret: optional(objectName),
  database: optional(record<NonNullable<GatewayReleaseProps['database']>>({ secret: objectName, destination })),
  storageClassName: optional(objectName),
};

/**
 * The one door to the models: identity, budgets, redaction and traces for every call.
 *
 * It reads files that the plan holds and nothing that could be changed while it runs. Engines are reached from its pods
 * alone, and it may reach nothing else but the resolver, its database and the collector.
 *
 * Where one replica counts budgets in a volume of its own, an update ends the old pod before the new one starts: callers
 * see some seconds without it. Several replicas, or none with budgets, are replaced one by one.
 *
 * @see https://agentgateway.dev/docs/standalone/latest/
 */
export class GatewayRelease extends Construct {
  /** What the gateway makes of the policy. */
  public readonly spec: GatewaySpec;
  private readonly props: GatewayReleaseProps;

  /**
   * @throws AirlockError (input) when the gateway cannot enforce the policy
   */
  public constructor(scope: Construct, id: string, props: GatewayReleaseProps) {
    super(scope, id);
    checkProps('GatewayRelease', props, CHECKS);
    this.props = props;
    const { namespace, gateway, policy, image, platform, tlsSecret, database } = props;
    this.spec = gateway.contract(policy);
    for (const flow of this.flows()) namespace.lockdown.open(flow);
    const pod: GatewayPodProps = {
      ...{ name: NAME, namespace: namespace.name, spec: this.spec, image, platform, replicas: policy.replicas },
      ...{ selector: selectorLabels(gateway.name, NAME), labels: workloadLabels(gateway.name, NAME, 'gateway') },
      ...(tlsSecret === undefined ? {} : { tlsSecret }),
      ...(database === undefined ? {} : { databaseSecret: database.secret }),
    };
    const [port, scheme] = tlsSecret === undefined ? [80, 'http'] : [443, 'https'];
    new EnvelopeRelease(this, 'release', {
      name: NAME,
      namespace: namespace.name,
      objects: [
        gatewayConfigMap(pod),
        gatewayDeployment(pod),
        clusterService(pod, { name: scheme, port, of: 'http' }),
        ...(policy.replicas > 1 ? [oneByOne(pod)] : []),
      ],
      dependsOn: [...namespace.ready, ...(this.spec.state === undefined ? [] : [this.volume()])],
    });
  }

  private flows(): AllowedFlow[] {
    const { policy, targets, callers = [], dns, database } = this.props;
    return gatewayFlows({
      ...{ port: this.spec.port, targets, callers, dns },
      ...(policy.traces === undefined ? {} : { traces: tracesFlow(GATEWAY_PODS, NAMESPACES.telemetry) }),
      ...(database === undefined ? {} : { database: database.destination }),
    });
  }

  private volume(): ITerraformDependable {
    const { namespace, storageClassName } = this.props;
    return keptVolume(this, 'volume', { name: GATEWAY_STATE_CLAIM, namespace, storage: STATE_SIZE, storageClassName });
  }
}
