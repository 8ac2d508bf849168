/** What an import leaves in the history of its store, and what it reads there. */
import { type Digest, digestOf } from '../../core/digest';
import { AirlockError } from '../../core/errors';
import { appendRecord, lastPolicy } from '../history/history';
import type { HistoryEntry, Overrule } from '../history/record';
import type { RootTrust } from '../store/root-record';
import type { SealStatement } from '../trust/seal';
import type { Inspection } from '../verify/inspect-bundle';
import type { StoreKnowledge } from '../verify/judge-trust';
import type { ImportOptions } from './import-bundle';
import { type PinVerdict, readPin } from './policy-pin';
import { checkSequence } from './sequence';

/** Of what names no index: the digest of nothing. */
const NO_ROOT: Digest = digestOf('');

/** What the store keeps of its policy. It may have been taken away since; not where it was about to be written, after its record. */
export async function pinOf(dir: string, { policy }: ImportOptions): ReturnType<typeof readPin> {
  const pin = await readPin(dir);
  if (pin !== undefined) return pin;
  const last = await lastPolicy(dir);
  return last === undefined || last === policy?.digest ? undefined : 'damaged';
}

/** An entry of the history, by what a bundle shows of itself. */
export function entryOf(
  { root, content, verdict }: Inspection,
  { trusted, threshold, policy }: ImportOptions,
  now: Date,
  { reasons, overruled }: { readonly reasons: readonly string[]; readonly overruled: HistoryEntry['overruled'] },
): HistoryEntry {
  const { seal, signers } = verdict;
  const site = content?.site;
  return {
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
export function overrulesOf({
  seal,
  knowledge,
  pinned,
  trust,
  options,
}: {
  readonly seal: SealStatement | undefined;
  readonly knowledge: StoreKnowledge | undefined;
  readonly pinned: PinVerdict;
  readonly trust: RootTrust;
  readonly options: Pick<ImportOptions, 'acceptPolicy'>;
}): Overrule[] {
  const { acceptPolicy: reason } = options;
  const alone =
    seal === undefined || knowledge === undefined
      ? []
      : checkSequence(seal, knowledge.bundles, { ...knowledge, allowOlder: false }).reasons;
  return [
    ...(alone.length === 0 ? [] : [{ what: 'sequence' } as const]),
    ...(pinned.overruled && reason !== undefined ? [{ what: 'policy', reason } as const] : []),
    ...('unsigned' in trust ? [{ what: 'unsigned', reason: trust.acceptedBy } as const] : []),
  ];
}
