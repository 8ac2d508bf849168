/** What a gateway has to enforce, in no gateway's own words. */
import type { RedactionPattern } from '../catalog/redaction';

/** A serving behind the gateway. */
export interface Backend {
  /** Name of the serving. */
  readonly serving: string;
  /** Address of its OpenAI-compatible interface, ending in `/v1`. */
  readonly url: string;
  /** Model name that the engine knows. */
  readonly model: string;
  /**
   * Fields that the gateway sets in every request. A caller who writes one is refused where the gateway would let it
   * win (LiteLLM), or overruled (agentgateway).
   *
   * @default - none
   */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/** A serving that takes a share of the calls. */
export interface WeightedBackend extends Backend {
  /** Share of the calls, relative to the others; 0 takes none. */
  readonly weight: number;
}

/** Interfaces that callers may use, and their paths. */
export const PATHS = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
  embeddings: '/v1/embeddings',
} as const;

/** Interfaces that a workflow may offer. */
export type ApiPath = keyof typeof PATHS;

/** Path of the list of models; every caller sees those that it may use. */
export const MODELS_PATH = '/v1/models';

/** What happens to texts with personal data. */
export interface RedactionPolicy {
  readonly patterns: readonly RedactionPattern[];
  /** What happens to a request with such a text. */
  readonly requests: 'mask' | 'reject';
  /** What happens to an answer with such a text; `pass` leaves it. */
  readonly responses: 'mask' | 'reject' | 'pass';
}

/** One public model name. */
export interface WorkflowPolicy {
  readonly name: string;
  /** At least one with a weight above 0. */
  readonly backends: readonly WeightedBackend[];
  /** Tried in this order while the backend fails. */
  readonly failover: readonly Backend[];
  readonly paths: readonly ApiPath[];
  readonly redaction?: RedactionPolicy;
  readonly streaming: boolean;
}

/** How many tokens a caller has in a window. */
export interface Budget {
  /** Tokens of prompts and answers in a window. */
  readonly tokens: number;
  /** e.g. `24h`; windows begin at multiples of it since 1970. */
  readonly window: string;
}

/** A caller with a key. */
export interface KeyPolicy {
  readonly name: string;
  /** `sha256:<64 hexadecimal digits>` of the key. */
  readonly hash: string;
  readonly workflows: readonly string[];
  readonly budgets: readonly Budget[];
}

/** Callers with tokens of one issuer (OpenID Connect). */
export interface IssuerPolicy {
  readonly name: string;
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** JSON Web Key Set, as text. */
  readonly jwks: string;
  /** Claims `sub` that may call; every one when absent. */
  readonly subjects?: readonly string[];
  readonly workflows: readonly string[];
  /** Of each claim `sub`. */
  readonly budgets: readonly Budget[];
}

/** Where the gateway sends traces. */
export interface TracePolicy {
  /** Host of the collector, without scheme and port. */
  readonly host: string;
  /** Port of OTLP over HTTP. */
  readonly port: number;
  /** Whether prompts and completions go along. */
  readonly contents: boolean;
}

/** Where the rate-limit service answers; without a scheme. */
export interface RateLimitAddress {
  readonly host: string;
  /** Port of gRPC. */
  readonly port: number;
}

/** All that a gateway enforces. */
export interface GatewayPolicy {
  readonly workflows: readonly WorkflowPolicy[];
  readonly keys: readonly KeyPolicy[];
  readonly issuers: readonly IssuerPolicy[];
  readonly traces?: TracePolicy;
  /** Counts the budgets of issuers. */
  readonly rateLimit?: RateLimitAddress;
  /** Whether callers speak TLS to it. */
  readonly tls: boolean;
  readonly replicas: number;
  /** Whether it keeps budgets in a database outside of it. */
  readonly database: boolean;
}

/** Whether the gateway itself counts tokens: those of keys. */
export const hasBudgets = ({ keys }: GatewayPolicy): boolean => keys.some(({ budgets }) => budgets.length > 0);
