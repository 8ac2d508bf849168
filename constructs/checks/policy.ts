/** Checks of what a gateway is told; whether it can enforce that is its contract's. */
import { badInput } from '../../core/errors';
import { DNS_LABEL } from '../../core/kubernetes-syntax';
import type {
  Backend,
  Budget,
  GatewayPolicy,
  IssuerPolicy,
  KeyPolicy,
  RateLimitAddress,
  TracePolicy,
  WeightedBackend,
  WorkflowPolicy,
} from '../../gateway/policy';
import { type Check, form, heldBy, list, oneOf, optional, port, record, wholeFrom } from './props';
import { digest, flag, host, httpUrl, servedName, text } from './shared';

const name = form(DNS_LABEL);
const contract = heldBy('the contract of the gateway');

/** @see RFC 7519, "StringOrURI" */
const claim: Check<string> = (value, where) => {
  if (typeof value !== 'string' || !/^\S+$/.test(value))
    throw badInput('CONSTRUCT_PROPS_INVALID', `${where}: "${value}" is no claim`, 'write one word');
};

const backend = { serving: name, url: httpUrl, model: servedName, overrides: contract } as const;
const budget = record<Budget>({ tokens: wholeFrom(1), window: contract });

const workflow = record<WorkflowPolicy>({
  name,
  backends: list(record<WeightedBackend>({ ...backend, weight: wholeFrom(0) })),
  failover: list(record<Backend>(backend)),
  paths: list(oneOf('chat', 'responses', 'messages', 'embeddings')),
  redaction: contract,
  streaming: flag,
});

const key = record<KeyPolicy>({ name, hash: digest, workflows: list(name), budgets: list(budget) });

export const issuer: Check<IssuerPolicy> = record<IssuerPolicy>({
  name,
  issuer: claim,
  audiences: list(claim),
  jwks: text,
  subjects: optional(list(claim)),
  workflows: list(name),
  budgets: list(budget),
});

export const gatewayPolicy: Check<GatewayPolicy> = record<GatewayPolicy>({
  workflows: list(workflow),
  keys: list(key),
  issuers: list(issuer),
  traces: optional(record<TracePolicy>({ host, port, contents: flag })),
  rateLimit: optional(record<RateLimitAddress>({ host, port })),
  tls: flag,
  replicas: wholeFrom(1),
  database: flag,
});
