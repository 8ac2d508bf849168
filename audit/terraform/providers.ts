/**
 * Arguments of provider blocks (hashicorp/terraform-provider-kubernetes v2.38, docs/index.md;
 * hashicorp/terraform-provider-helm v3.1, docs/index.md).
 */
import { DISTRIBUTIONS } from '../../catalog/distributions';
import { AddressSet } from '../../core/address-set';
import { AirlockError } from '../../core/errors';
import { itemsOf, textOf } from '../plan/access';
import { bodiesOf } from '../plan/blocks';
import {
  anyValue,
  type ArgumentReader,
  type Arguments,
  argumentsTable,
  literal,
  only,
  readArguments,
  refused,
} from './arguments';
import { context, kubeconfig } from './kubeconfig';

/** True for `https://<address>[:port]` of an API server of the enclave. */
function isApiServer(url: string, cidrs: readonly string[]): boolean {
  const [, bracketed, plain] = /^https:\/\/(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))(?::\d+)?\/?$/.exec(url) ?? [];
  const address = bracketed ?? plain;
  try {
    return address !== undefined && AddressSet.ofCidrs(cidrs).contains(address);
  } catch (error) {
    if (!(error instanceof AirlockError)) throw error;
    return false;
  }
}

const host: ArgumentReader = (node, { context: { enclave } }) => {
  const value = textOf(node) ?? '';
  if (isApiServer(value, enclave.network.apiServers?.cidrs ?? [])) return [];
  const fix =
    'take the cluster from the kubeconfig file, or declare its address under network.apiServers in enclave.yaml';
  return [{ check: 'host', message: 'the enclave declares no API server there', fix, where: node.where, value }];
};

/** Annotations that the distribution itself writes, and no others: a drift of what the plan says must show. */
const ignoredAnnotations: ArgumentReader = (node, { context: { site } }) => {
  const foreign = DISTRIBUTIONS[site.cluster.distribution].foreignAnnotations ?? [];
  return itemsOf(node).flatMap((item) => {
    const value = textOf(item) ?? '';
    if (foreign.includes(value)) return [];
    const message = 'the provider would neither show nor undo changes of these annotations';
    const fix = 'ignore what the distribution writes by itself, and nothing else';
    return [{ check: 'ignored', message, fix, where: item.where, value }];
  });
};

/** Run by the provider on the deploying machine; AIR-PLAN-2 speaks of them. */
const ofAnotherRule = anyValue;

/** The connection to the cluster, in both providers. */
const CONNECTION: Readonly<Record<string, ArgumentReader>> = {
  config_path: kubeconfig,
  config_context: context,
  exec: ofAnotherRule,
  host,
  insecure: only(
    ['false'],
    'insecure',
    'whoever answers is taken for the API server',
    'leave it out: the kubeconfig file holds the certificate authority',
  ),
  proxy_url: refused(
    'proxy',
    'everything said to the cluster passes a proxy, which the enclave does not declare',
    'leave it out',
  ),
};

const ALIAS = refused(
  'alias',
  'a second configuration of one provider may lead to another cluster',
  'configure each provider once, without an alias',
);

const KUBERNETES = argumentsTable({
  ...CONNECTION,
  alias: ALIAS,
  ignore_annotations: ignoredAnnotations,
  ignore_labels: refused(
    'ignored',
    'labels decide what Pod Security enforces and which policies select a pod; the provider would not show changes of them',
    'leave it out',
  ),
});

const connection = argumentsTable(CONNECTION);

const HELM = argumentsTable({
  alias: ALIAS,
  burst_limit: literal,
  debug: literal,
  helm_driver: only(
    ['secret', 'secrets'],
    'driver',
    'releases, with every value in them, would be kept elsewhere than in Secrets of their namespaces',
    'leave it out',
  ),
  kubernetes: (node, scope) => bodiesOf(node).flatMap((body) => readArguments(body, connection, scope)),
  plugins_path: ofAnotherRule,
  qps: literal,
});

/** Local name, which is the provider's own (AIR-LOCK-2) → what its block may say. */
export const PROVIDER_ARGUMENTS: ReadonlyMap<string, Arguments> = new Map([
  ['kubernetes', KUBERNETES],
  ['helm', HELM],
]);
