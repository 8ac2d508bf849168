/** agentgateway, standalone and in file mode. */
import { badInput } from '../../core/errors';
import { CONFIG_FOLDER, type Gateway, type GatewaySpec } from '../contract';
import { hasBudgets, type GatewayPolicy, type WorkflowPolicy } from '../policy';
import { jwksFile } from './access';
import {
  agentgatewayConfig,
  checkAgentgatewayConfig,
  DATABASE_VARIABLE,
  DRAIN_SECONDS,
  READINESS_PORT,
  STATE_FOLDER,
  STATS_PORT,
  TRAFFIC_PORT,
} from './config';

const CONFIG_FILE = 'config.json';

/** What it cannot enforce must not look as if it did. */
function checkWorkflow({ name, backends, failover, paths, redaction, streaming }: WorkflowPolicy): void {
  const where = `workflow "${name}"`;
  if (failover.length > 0 && backends.length > 1)
    throw badInput(
      'GATEWAY_CANNOT_ENFORCE',
      `${where} has shares and failover; agentgateway routes a model by one of them`,
      'keep one serving under servings, or remove failover',
    );
  if (redaction === undefined) return;
  if (paths.includes('embeddings'))
    throw badInput(
      'GATEWAY_CANNOT_ENFORCE',
      `${where} redacts, and agentgateway's guards do not read embeddings`,
      'offer embeddings in a workflow of its own, without redaction',
    );
  if (!streaming || redaction.responses === 'pass') return;
  if (redaction.responses === 'mask')
    throw badInput(
      'GATEWAY_CANNOT_ENFORCE',
      `${where} streams answers that only masking protects; agentgateway masks whole answers alone`,
      'write streaming: false, or responses: reject',
    );
  if (backends.length > 1)
    throw badInput(
      'GATEWAY_CANNOT_ENFORCE',
      `${where} streams through shares with a guard on answers, which agentgateway drops (agentgateway#3603)`,
      'write streaming: false, or name one serving',
    );
}

/** @throws AirlockError (input) for what it cannot do */
function contract(policy: GatewayPolicy): GatewaySpec {
  policy.workflows.forEach(checkWorkflow);
  if (policy.replicas > 1 && hasBudgets(policy) && !policy.database)
    throw badInput(
      'GATEWAY_CANNOT_ENFORCE',
      `${String(policy.replicas)} replicas of the gateway would each count budgets alone`,
      'add gateway.database to enclave.yaml, or run one replica',
    );
  const uncounted = policy.issuers.find(({ budgets }) => budgets.length > 0);
  if (uncounted !== undefined && policy.rateLimit === undefined)
    throw badInput(
      'GATEWAY_CANNOT_ENFORCE',
      `issuer "${uncounted.name}" has budgets, and agentgateway counts those of keys alone`,
      'add gateway.rateLimit to site.yaml: the service that counts them travels with the bundle',
    );
  const config = agentgatewayConfig(policy);
  checkAgentgatewayConfig(config);
  const budgets = hasBudgets(policy);
  return {
    port: TRAFFIC_PORT,
    metrics: { path: '/metrics', port: STATS_PORT },
    readiness: { path: '/healthz/ready', port: READINESS_PORT },
    liveness: { path: '/healthz/ready', port: READINESS_PORT },
    args: ['-f', `${CONFIG_FOLDER}/${CONFIG_FILE}`],
    env: {},
    ...(budgets && policy.database ? { databaseVariable: DATABASE_VARIABLE } : {}),
    files: [
      { name: CONFIG_FILE, content: `${JSON.stringify(config, null, 2)}\n` },
      ...policy.issuers.map((issuer) => ({ name: jwksFile(issuer), content: issuer.jwks })),
    ],
    // The image is distroless and names no user; the chart demands any but root.
    user: { uid: 65532, gid: 65532 },
    writable: ['/tmp'],
    ...(budgets && !policy.database ? { state: STATE_FOLDER } : {}),
    memoryBytes: 512 * 1024 ** 2,
    shutdownSeconds: 2 * DRAIN_SECONDS + 4,
  };
}

export const agentgateway: Gateway = { name: 'agentgateway', contract };
