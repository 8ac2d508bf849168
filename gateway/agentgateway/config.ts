/** A gateway's policy as the one file that agentgateway reads. */
import { Ajv2020 } from 'ajv/dist/2020';
import { internalFault } from '../../core/errors';
import type { AgentgatewayConfig } from '../generated/agentgateway';
import { TLS_FOLDER } from '../contract';
import { hasBudgets, type GatewayPolicy } from '../policy';
import { llmPolicies } from './access';
import schema from './config.schema.json';
import { concreteModels, virtualModel } from './models';
import { tracing } from './traces';

export const TRAFFIC_PORT = 4000;
export const STATS_PORT = 15020;
export const READINESS_PORT = 15021;
/** Folder of budgets, where one replica counts them. */
export const STATE_FOLDER = '/var/lib/airlock-gateway';
export const DATABASE_VARIABLE = 'DATABASE_URL';
/**
 * Seconds after SIGTERM in which it goes on as before, and as many again in which it ends what is under way. Where the first
 * are 0, releases without agentgateway#3334 cut every answer at once: they wait for nothing but this time, twice.
 */
export const DRAIN_SECONDS = 28;

const database = ({ database: shared }: GatewayPolicy): { url: string } => ({
  url: shared ? `$${DATABASE_VARIABLE}` : `sqlite://${STATE_FOLDER}/budgets.db`,
});

/**
 * The configuration of a policy, in file mode: nothing of it can be changed while it runs.
 *
 * @see https://agentgateway.dev/docs/standalone/latest/reference/configuration
 */
export function agentgatewayConfig(policy: GatewayPolicy): AgentgatewayConfig {
  return {
    config: {
      ...(hasBudgets(policy) ? { database: database(policy) } : {}),
      // Pages and interfaces of the administrator, which need no key.
      adminAddr: 'off',
      statsAddr: `0.0.0.0:${String(STATS_PORT)}`,
      readinessAddr: `0.0.0.0:${String(READINESS_PORT)}`,
      connectionMinTerminationDeadline: `${String(DRAIN_SECONDS)}s`,
      connectionTerminationDeadline: `${String(2 * DRAIN_SECONDS)}s`,
      logging: { format: 'json' },
      ...(policy.traces === undefined ? {} : { tracing: tracing(policy.traces) }),
    },
    gateways: {
      default: {
        port: TRAFFIC_PORT,
        ...(policy.tls ? { tls: { cert: `${TLS_FOLDER}/tls.crt`, key: `${TLS_FOLDER}/tls.key` } } : {}),
      },
    },
    llm: {
      gateways: 'default',
      policies: llmPolicies(policy),
      models: policy.workflows.flatMap(concreteModels),
      virtualModels: policy.workflows.map(virtualModel),
    },
  };
}

let validator: ReturnType<Ajv2020['compile']> | undefined;

/**
 * Holds a configuration against the closed schema, as the gateway itself does when it starts.
 *
 * @throws AirlockError (internal) naming the first place that does not fit
 */
export function checkAgentgatewayConfig(config: unknown): void {
  validator ??= new Ajv2020({ strict: false, allErrors: false }).compile(schema);
  if (validator(config)) return;
  const [error] = validator.errors ?? [];
  if (error === undefined) throw internalFault('the configuration of agentgateway is wrong');
  const extra = (error.params as { additionalProperty?: string }).additionalProperty;
  throw internalFault(
    `agentgateway would refuse its configuration at ${error.instancePath}: ${error.message ?? ''}${extra === undefined ? '' : ` (${extra})`}`,
  );
}
