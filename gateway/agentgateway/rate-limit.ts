/** What agentgateway asks the rate-limit service: whether a person has tokens left, and after the answer, how many went. */
import type { RateLimitDescriptor, RemoteRateLimit } from '../generated/agentgateway';
import type { GatewayPolicy } from '../policy';
import { DESCRIPTOR, RATE_LIMIT_DOMAIN } from '../rate-limit/descriptors';
import { windowsOf } from '../rate-limit/service';

/**
 * One question for each window. An expression that has no value drops its question
 * (crates/agentgateway/src/http/remoteratelimit.rs, build_request): keys, and issuers without a budget in that window, ask
 * nothing. Without an answer the call is refused, since nobody could say what it may use.
 */
export function remoteRateLimit({ issuers, rateLimit }: GatewayPolicy): RemoteRateLimit | undefined {
  const descriptors = windowsOf(issuers).map((window): RateLimitDescriptor => {
    const names = issuers
      .filter(({ budgets }) => budgets.some((budget) => budget.window === window))
      .map(({ issuer, name }) => [issuer, name]);
    return {
      entries: [
        { key: DESCRIPTOR.window, value: JSON.stringify(window) },
        { key: DESCRIPTOR.issuer, value: `${JSON.stringify(Object.fromEntries(names))}[jwt.iss]` },
        { key: DESCRIPTOR.subject, value: 'string(jwt.sub)' },
      ],
      type: 'tokens',
    };
  });
  if (descriptors.length === 0 || rateLimit === undefined) return undefined;
  return {
    host: `${rateLimit.host}:${String(rateLimit.port)}`,
    domain: RATE_LIMIT_DOMAIN,
    descriptors,
    failureMode: 'failClosed',
  };
}
