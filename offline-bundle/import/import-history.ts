/** What an import, and a verification for a store, leave in the history of the store. */
import { type Digest, digestOf } from '../../core/digest';
import { AirlockError } from '../../core/errors';
import { appendRecord } from '../history/history';
import type { HistoryEntry, Overrule } from '../history/record';
import type { RootTrust } from '../store/root-record';
import type { Inspection } from '../verify/inspect-bundle';
import type { TrustOptions } from '../verify/seal-check';
import type { ImportOptions } from './import-bundle';
import { checkSequence } from './sequence';
import type { Standing } from './standing';

/** Of what names no index: the digest of nothing. */
const NO_ROOT: Digest = digestOf('');

/** An entry of the history, by what a bundle shows of itself. */
export function entryOf(
  act: HistoryEntry['act'],
  { root, content, verdict }: Inspection,
  { trusted, threshold, policy }: TrustOptions,
  now: Date,
  { reasons, overruled }: { readonly reasons: readonly string[]; readonly overruled: HistoryEntry['overruled'] },
): HistoryEntry {
  const { seal, signers } = verdict;
  const site = content?.site;
  return {
    act,
    time: `${now.toISOString().slice(0, 19)}Z`,
    root: root?.digest ?? NO_ROOT,
    ...(site === undefined ? {} : { site }),
    ...(seal === undefined ? {} : { sequence: seal.sequence }),
    terms:
      policy === undefined ? { trusted: trusted.map(({ id }) => id).sort(), threshold } : { policy: policy.digest },
    verdict: reasons.length === 0 ? 'taken' : 'refused',
    reasons,
    overruled,
    sealedBy: signers,
  };
}

/** A refusal that cannot be recorded is still one, and says so: nothing of the bundle can be served. */
export async function recordRefusal(
  dir: string,
  entry: HistoryEntry,
  { historySigner }: ImportOptions,
): Promise<readonly string[]> {
  try {
    await appendRecord(dir, entry, historySigner);
    return [];
  } catch (error) {
    if (!(error instanceof AirlockError)) throw error;
    return [`the refusal is not recorded in the history: ${error.message}`];
  }
}

/** What counts in an accepted import by the word of a person alone. */
export function overrulesOf(
  { knowledge, pinned, siteOverruled, verdict: { seal } }: Standing,
  trust: RootTrust,
  { acceptPolicy: reason }: Pick<ImportOptions, 'acceptPolicy'>,
): Overrule[] {
  const alone =
    seal === undefined || knowledge === undefined
      ? []
      : checkSequence(seal, knowledge.bundles, { ...knowledge, allowOlder: false }).reasons;
  return [
    ...(alone.length === 0 ? [] : [{ what: 'sequence' } as const]),
    ...(siteOverruled ? [{ what: 'site' } as const] : []),
    ...(pinned.overruled && reason !== undefined ? [{ what: 'policy', reason } as const] : []),
    ...('unsigned' in trust ? [{ what: 'unsigned', reason: trust.acceptedBy } as const] : []),
  ];
}
