/** Keys are replaced without a gap: both are known, then the new one alone. */
import { expect, expectEqual, type Suite } from '../../../harness/report.mjs';
import type { Rollout } from '../../gateways/rollout.mjs';
import { withCallers } from '../../world/callers.mjs';
import type { Issuer, IssuerKey } from '../issuer.mjs';
import { programs, short } from './calls.mjs';
import { type Checkpoints, CURRENT_KEY, NEXT_KEY, operationsPolicy } from './policy.mjs';

export interface RotationWorld {
  readonly rollout: Rollout;
  readonly checkpoints: Checkpoints;
  readonly replicas: number;
  readonly issuer?: Issuer;
}

interface Credential {
  readonly what: string;
  readonly current: string;
  readonly next: string;
}

function isRefused(statuses: readonly number[], what: string): void {
  expect(
    statuses.every((status) => status === 401 || status === 403),
    `${what}: ${statuses.join()}`,
  );
}

export async function rotation(suite: Suite, { rollout, checkpoints, replicas, issuer }: RotationWorld): Promise<void> {
  const { url, replace } = rollout;
  const credentials: readonly Credential[] = [
    { what: 'key', current: CURRENT_KEY, next: NEXT_KEY },
    ...(issuer === undefined
      ? []
      : [{ what: 'token', current: issuer.token(issuer.claims), next: issuer.nextToken(issuer.claims) }]),
  ];
  const trusting = (keys: readonly string[], signers: readonly IssuerKey[]): Promise<number> => {
    const issuers = issuer === undefined ? [] : [issuer.trusting(signers)];
    return replace(operationsPolicy(checkpoints, { keys, issuers, replicas }));
  };
  /** Every instance must say the same. */
  const statuses = async (credential: string): Promise<number[]> => {
    const found = new Set<number>();
    for (let at = 0; at < 2 * replicas; at += 1) found.add((await short(url, credential)).status);
    return [...found];
  };
  const kinds = credentials.map(({ what }) => what).join(' and ');
  await suite.check(`a second ${kinds} is added, and no call with the first fails meanwhile`, async () => {
    for (const { what, next } of credentials) isRefused(await statuses(next), `the next ${what} before`);
    let took = 0;
    const calls = await withCallers(
      credentials.flatMap(({ current }) => programs(url, current)),
      async () => (took = await trusting([CURRENT_KEY, NEXT_KEY], ['current', 'next'])),
    );
    for (const { what, current, next } of credentials) {
      expectEqual(await statuses(current), [200], `the current ${what}`);
      expectEqual(await statuses(next), [200], `the next ${what}`);
    }
    return `${String(calls)} calls, none failed; instances ended ${took.toFixed(1)} s after SIGTERM at most`;
  });
  await suite.check(`the first ${kinds} is removed, and no call with the second fails meanwhile`, async () => {
    const calls = await withCallers(
      credentials.flatMap(({ next }) => programs(url, next)),
      () => trusting([NEXT_KEY], ['next']),
    );
    for (const { what, current, next } of credentials) {
      isRefused(await statuses(current), `the first ${what} after`);
      expectEqual(await statuses(next), [200], `the next ${what}`);
    }
    return `${String(calls)} calls, none failed`;
  });
}
