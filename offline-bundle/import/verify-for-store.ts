/**
 * A verification by what a store knows, too: what `import` would say of the bundle, without bringing anything in. It leaves a record
 * in the history of the store.
 */
import { appendRecord } from '../history/history';
import type { Store } from '../store/store';
import type { Signer } from '../trust/signer';
import { inspectBundle } from '../verify/inspect-bundle';
import { TRUST_REASONS } from '../verify/judge-trust';
import { countChecks, failures, type VerifyReport } from '../verify/report';
import { verifyInspected, type VerifyOptions } from '../verify/verify-bundle';
import { entryOf } from './import-history';
import { judgeStanding, type StandingTerms } from './standing';

export interface VerifyForStoreOptions extends VerifyOptions {
  readonly store: Store;
  readonly terms: StandingTerms;
  /** Signs the record of this verification. */
  readonly historySigner?: Signer;
}

/**
 * Verifies a bundle for a store.
 *
 * @returns every check that was made, those of the store's knowledge among them
 * @throws AirlockError as `verifyBundle`; (environment) when the record cannot be written: what is not recorded is not said
 */
export async function verifyForStore({
  dir,
  progress,
  now = new Date(),
  store,
  terms,
  historySigner,
  ...trust
}: VerifyForStoreOptions): Promise<VerifyReport> {
  const inspection = await inspectBundle(dir, trust, now);
  const { root, content } = inspection;
  const alone = await verifyInspected(inspection, progress);
  const standing =
    root === undefined || content?.site === undefined
      ? undefined
      : await judgeStanding(store, { root: root.digest, site: content.site }, inspection, trust, terms, now);
  const checks = [...alone.checks, ...(standing?.checks ?? [])];
  const given: readonly string[] = [...(alone.reasons ?? []), ...(standing?.reasons ?? [])];
  const reasons = TRUST_REASONS.filter((one) => given.includes(one));
  const isGood = failures(checks).length === 0;
  const entry = entryOf('verify', inspection, trust, now, {
    reasons: !isGood && reasons.length === 0 ? ['content'] : reasons,
    overruled: [],
  });
  await appendRecord(store.dir, entry, historySigner);
  return {
    ...alone,
    result: isGood ? 'pass' : 'fail',
    ...(reasons.length === 0 ? {} : { reasons }),
    counts: countChecks(checks),
    checks,
  };
}
