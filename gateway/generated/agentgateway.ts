/* Generated from gateway/agentgateway/config.schema.json by `npm run generate`; do not edit. */

export type Address = string;
export type Mode = 'strict' | 'permissive';

/**
 * The part of agentgateway's configuration that the kit writes, as release 1.5 and newer read it. Every object is closed, as upstream's are.
 */
export interface AgentgatewayConfig {
  config: ProcessConfig;
  gateways: {
    default: Listener;
  };
  llm: Llm;
}
export interface ProcessConfig {
  database?: {
    url: string;
  };
  adminAddr: 'off';
  statsAddr: Address;
  readinessAddr: Address;
  connectionMinTerminationDeadline: string;
  connectionTerminationDeadline: string;
  logging: {
    format: 'json';
  };
  tracing?: Tracing;
}
export interface Tracing {
  otlpEndpoint: string;
  otlpProtocol: 'grpc' | 'http';
  randomSampling: true;
  fields: {
    add: {
      [k: string]: string;
    };
  };
}
export interface Listener {
  port: number;
  tls?: {
    cert: string;
    key: string;
  };
}
export interface Llm {
  gateways: 'default';
  policies: LlmPolicies;
  /**
   * @minItems 1
   */
  models: ConcreteModel[];
  /**
   * @minItems 1
   */
  virtualModels: VirtualModel[];
}
export interface LlmPolicies {
  apiKey?: {
    mode: Mode;
    /**
     * @minItems 1
     */
    keys: ApiKey[];
  };
  jwtAuth?: {
    mode: Mode;
    /**
     * @minItems 1
     */
    providers: {
      issuer: string;
      /**
       * @minItems 1
       */
      audiences: string[];
      jwks: {
        file: string;
      };
    }[];
  };
  authorization: {
    /**
     * @minItems 1
     */
    rules: Rule[];
  };
  remoteRateLimit?: RemoteRateLimit;
}
export interface ApiKey {
  keyHash: string;
  metadata: {
    name: string;
  };
  /**
   * @minItems 1
   */
  allowedModels: string[];
  /**
   * @minItems 1
   */
  budgets?: KeyBudget[];
}
export interface KeyBudget {
  name: string;
  limit: {
    unit: 'Tokens';
    amount: number;
  };
  window: {
    rolling: string;
  };
  onBudgetExceeded: 'Block';
}
export interface Rule {
  allow?: string;
  require?: string;
}
export interface RemoteRateLimit {
  host: string;
  domain: string;
  /**
   * @minItems 1
   */
  descriptors: RateLimitDescriptor[];
  failureMode: 'failClosed';
}
export interface RateLimitDescriptor {
  /**
   * @minItems 1
   */
  entries: {
    key: string;
    value: string;
  }[];
  type: 'tokens';
}
export interface ConcreteModel {
  name: string;
  visibility: 'internal';
  provider: 'openAI';
  params: {
    baseUrl: string;
    model: string;
  };
  overrides?: Readonly<Record<string, unknown>>;
  health?: {
    eviction: {
      consecutiveFailures: number;
      duration: string;
    };
  };
  guardrails?: Guardrails;
}
export interface Guardrails {
  streaming: 'Enabled';
  /**
   * @minItems 1
   */
  request: RequestGuard[];
  /**
   * @minItems 1
   */
  response?: ResponseGuard[];
}
export interface RequestGuard {
  regex: RegexRules;
  rejection?: Rejection;
  /**
   * @minItems 1
   */
  scope: ('systemPrompt' | 'messages' | 'toolOutput' | 'toolInput')[];
}
export interface RegexRules {
  action: 'mask' | 'reject';
  /**
   * @minItems 1
   */
  rules: {
    pattern: string;
  }[];
}
export interface Rejection {
  status: 400;
  headers: {
    set: {
      [k: string]: string;
    };
  };
  body: string;
}
export interface ResponseGuard {
  regex: RegexRules;
  rejection?: Rejection;
}
export interface VirtualModel {
  name: string;
  routing: {
    weighted?: {
      /**
       * @minItems 1
       */
      targets: {
        model: string;
        weight: number;
      }[];
    };
    failover?: {
      /**
       * @minItems 2
       */
      targets: {
        model: string;
        priority: number;
      }[];
    };
  };
}
