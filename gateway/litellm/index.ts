/** LiteLLM's proxy without its database: what a site's files say is all there is. */
import { badInput } from '../../core/errors';
import { CONFIG_FOLDER, TLS_FOLDER, type Gateway, type GatewaySpec } from '../contract';
import { hasBudgets, type GatewayPolicy, type WorkflowPolicy } from '../policy';
import { litellmConfig, policyFile, STATE_FOLDER } from './config';
import { policyModule } from './policy-module';

const PORT = 4000;
const PROBES = { readiness: '/health/readiness', liveness: '/health/liveliness' } as const;
const CONFIG_FILE = 'config.yaml';
const POLICY_MODULE = 'airlock_policy.py';

function checkWorkflow({ name, paths, redaction, streaming }: WorkflowPolicy): void {
  if (redaction === undefined) return;
  // It holds 50 characters back (litellm/constants.py, CONTENT_FILTER_STREAMING_HOLDBACK_CHARS); longer texts would leak.
  if (streaming && redaction.responses === 'mask')
    throw badInput(
      'GATEWAY_CANNOT_ENFORCE',
      `workflow "${name}" streams answers that only masking protects; LiteLLM sends the beginning of a long text before it knows`,
      'write streaming: false, or responses: reject',
    );
  const other = paths.find((one) => one !== 'chat');
  if (other !== undefined)
    throw badInput(
      'GATEWAY_CANNOT_ENFORCE',
      `workflow "${name}" redacts and offers ${other}; LiteLLM's filter is relied upon for chat alone`,
      'offer chat alone, or that interface in a workflow without redaction',
    );
}

/** @throws AirlockError (input) for what its open build cannot do */
function check(policy: GatewayPolicy): void {
  const [issuer] = policy.issuers;
  if (issuer !== undefined)
    throw badInput(
      'GATEWAY_CANNOT_ENFORCE',
      `issuer "${issuer.name}" needs JWTs, which LiteLLM checks in its paid build alone`,
      'use API keys, or write gateway: { software: agentgateway }',
    );
  if (policy.replicas > 1)
    throw badInput(
      'GATEWAY_CANNOT_ENFORCE',
      `${String(policy.replicas)} replicas of LiteLLM would each count budgets alone`,
      'run one replica, or write gateway: { software: agentgateway }',
    );
  if (policy.database)
    throw badInput(
      'GATEWAY_CANNOT_ENFORCE',
      'LiteLLM runs without a database here',
      'remove gateway.database from enclave.yaml',
    );
  policy.workflows.forEach(checkWorkflow);
}

function environment({ traces }: GatewayPolicy): Record<string, string> {
  return {
    // Each was a call to the outside at start (docs.litellm.ai, "Outbound requests").
    LITELLM_OFFLINE_MODE: 'true',
    LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    LITELLM_MODE: 'PRODUCTION',
    // Pages and interfaces of the administrator.
    DISABLE_ADMIN_UI: 'True',
    NO_DOCS: 'True',
    NO_REDOC: 'True',
    PYTHONDONTWRITEBYTECODE: '1',
    HOME: '/tmp',
    ...(traces === undefined
      ? {}
      : {
          OTEL_EXPORTER: 'otlp_http',
          OTEL_ENDPOINT: `http://${traces.host}:${String(traces.port)}`,
          OTEL_SERVICE_NAME: 'gateway',
        }),
  };
}

function contract(policy: GatewayPolicy): GatewaySpec {
  check(policy);
  const tls = ['--ssl_certfile_path', `${TLS_FOLDER}/tls.crt`, '--ssl_keyfile_path', `${TLS_FOLDER}/tls.key`];
  return {
    port: PORT,
    scheme: policy.tls ? 'HTTPS' : 'HTTP',
    readiness: { path: PROBES.readiness, port: PORT },
    liveness: { path: PROBES.liveness, port: PORT },
    args: ['--config', `${CONFIG_FOLDER}/${CONFIG_FILE}`, '--port', String(PORT), ...(policy.tls ? tls : [])],
    env: environment(policy),
    masterKeyVariable: 'LITELLM_MASTER_KEY',
    files: [
      { name: CONFIG_FILE, content: `${JSON.stringify(litellmConfig(policy), null, 2)}\n` },
      {
        name: 'policy.json',
        content: `${JSON.stringify({ ...policyFile(policy), probes: Object.values(PROBES) }, null, 2)}\n`,
      },
      { name: POLICY_MODULE, content: policyModule() },
    ],
    // docker/Dockerfile.non_root of BerriAI/litellm.
    user: { uid: 65534, gid: 65534 },
    writable: ['/tmp'],
    ...(hasBudgets(policy) ? { state: STATE_FOLDER } : {}),
    memoryBytes: 2 * 1024 ** 3,
    shutdownSeconds: 60,
  };
}

export const litellm: Gateway = { name: 'litellm', contract };
