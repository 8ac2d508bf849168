/** Programs of the gateway, of traces, of pools and of the kit, by the documentation that their contracts cite. */
import { CONFIG_FOLDER, TLS_FOLDER } from '../../gateway/contract';
import type { Program } from './program';
import {
  configuredPath,
  duration,
  exactly,
  keptPath,
  memory,
  number,
  port,
  type Reader,
  scratchPath,
  serviceAddress,
  word,
} from './reader';

/** `agentgateway -f`: what it enforces stands in its file, which AIR-CFG-1 judges. */
export const AGENTGATEWAY: Program = {
  name: 'agentgateway',
  commands: [[]],
  options: { '-f': configuredPath },
  neededOptions: ['-f'],
  variables: {},
  secrets: ['DATABASE_URL'],
  probePaths: ['/healthz/ready'],
  mounts: {
    [CONFIG_FOLDER]: ['configuration'],
    [TLS_FOLDER]: ['secret'],
    '/tmp': ['scratch'],
    '/var/lib/airlock-gateway': ['kept'],
  },
};

const secretFile: Reader = (value, { placed }) =>
  placed(value) === 'secret' ? undefined : `${value} should lie in a Secret: it is ${placed(value)}`;

/** docs.litellm.ai, "Outbound requests", for what it would ask the outside. */
export const LITELLM: Program = {
  name: 'litellm',
  commands: [[]],
  options: {
    '--config': configuredPath,
    '--port': port,
    '--ssl_certfile_path': secretFile,
    '--ssl_keyfile_path': secretFile,
  },
  neededOptions: ['--config'],
  variables: {
    LITELLM_OFFLINE_MODE: exactly('true'),
    LITELLM_LOCAL_MODEL_COST_MAP: exactly('True'),
    LITELLM_MODE: exactly('PRODUCTION'),
    DISABLE_ADMIN_UI: exactly('True'),
    NO_DOCS: exactly('True'),
    NO_REDOC: exactly('True'),
    PYTHONDONTWRITEBYTECODE: exactly('1'),
    HOME: scratchPath,
    OTEL_EXPORTER: exactly('otlp_http'),
    OTEL_ENDPOINT: (value, scope) =>
      value.startsWith('http://')
        ? serviceAddress(value.slice('http://'.length), scope)
        : 'expected http:// and a host of the cluster',
    OTEL_SERVICE_NAME: word,
  },
  neededVariables: [
    'LITELLM_OFFLINE_MODE',
    'LITELLM_LOCAL_MODEL_COST_MAP',
    'LITELLM_MODE',
    'DISABLE_ADMIN_UI',
    'NO_DOCS',
    'NO_REDOC',
  ],
  secrets: ['LITELLM_MASTER_KEY'],
  probePaths: ['/health/readiness', '/health/liveliness'],
  mounts: AGENTGATEWAY.mounts,
};

/** envoyproxy/ratelimit README and src/settings/settings.go. */
export const RATE_LIMIT: Program = {
  name: 'ratelimit',
  commands: [['/bin/ratelimit']],
  options: {},
  variables: {
    HOST: exactly('127.0.0.1'),
    DEBUG_HOST: exactly('127.0.0.1'),
    GRPC_PORT: port,
    DISABLE_STATS: exactly('true'),
    LOG_FORMAT: exactly('json', 'text'),
    RUNTIME_ROOT: exactly('/etc/airlock'),
    RUNTIME_SUBDIRECTORY: exactly('rate-limit'),
    RUNTIME_APPDIRECTORY: exactly('config'),
    RUNTIME_WATCH_ROOT: exactly('false'),
    RUNTIME_IGNOREDOTFILES: exactly('true'),
    REDIS_SOCKET_TYPE: exactly('tcp'),
    REDIS_URL: serviceAddress,
    REDIS_TIMEOUT: duration,
    REDIS_POOL_SIZE: number,
    REDIS_HEALTH_CHECK_ACTIVE_CONNECTION: exactly('true'),
    HEALTHY_WITH_AT_LEAST_ONE_CONFIG_LOADED: exactly('true'),
    EXPIRATION_JITTER_MAX_SECONDS: number,
  },
  neededVariables: [
    'HOST',
    'DEBUG_HOST',
    'DISABLE_STATS',
    'RUNTIME_ROOT',
    'RUNTIME_SUBDIRECTORY',
    'RUNTIME_APPDIRECTORY',
    'REDIS_URL',
    'REDIS_SOCKET_TYPE',
    'REDIS_HEALTH_CHECK_ACTIVE_CONNECTION',
    'HEALTHY_WITH_AT_LEAST_ONE_CONFIG_LOADED',
  ],
  secrets: ['REDIS_AUTH'],
  mounts: { '/etc/airlock/rate-limit/config': ['configuration'] },
};

/** valkey.io, "Configuration". */
export const VALKEY: Program = {
  name: 'valkey-server',
  commands: [['valkey-server']],
  options: {
    '--port': port,
    '--dir': keptPath,
    '--appendonly': exactly('yes'),
    '--appendfsync': exactly('everysec', 'always'),
    '--save': exactly(''),
    '--maxmemory': memory,
    '--maxmemory-policy': exactly('noeviction'),
    '--requirepass': exactly('$(VALKEY_PASSWORD)'),
  },
  neededOptions: ['--dir', '--appendonly', '--maxmemory-policy', '--requirepass'],
  variables: {},
  secrets: ['VALKEY_PASSWORD'],
  mounts: { '/data': ['kept'] },
};

/** opentelemetry.io, "Collector", "Configuration". */
export const COLLECTOR: Program = {
  name: 'otelcol-contrib',
  commands: [[]],
  options: { '--config': configuredPath },
  neededOptions: ['--config'],
  variables: { GOMEMLIMIT: memory },
  secrets: ['AIRLOCK_TRACES_KEY'],
  probePaths: ['/'],
  mounts: { '/etc/otelcol': ['configuration'], '/var/lib/otelcol': ['kept'] },
};

/** NVIDIA/k8s-device-plugin README, "Configuration Option Details". */
export const DEVICE_PLUGIN: Program = {
  name: 'nvidia-device-plugin',
  commands: [[]],
  options: {},
  variables: {
    CONFIG_FILE: configuredPath,
    NVIDIA_VISIBLE_DEVICES: exactly('all'),
    NVIDIA_DRIVER_CAPABILITIES: exactly('compute,utility'),
    NVIDIA_MIG_MONITOR_DEVICES: exactly('all'),
  },
  neededVariables: ['CONFIG_FILE'],
  mounts: { '/var/lib/kubelet/device-plugins': ['node'], '/config': ['configuration'] },
};
