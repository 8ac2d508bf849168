/**
 * The trust policy that a store was filled under: `policy.json`. Later imports go by the same one, or by one that it lets follow,
 * so that nobody fills a store under easier terms without a word that is recorded.
 */
import path from 'node:path';
import { reviewJson } from '../../core/canonical-json';
import { type Digest, digestOf } from '../../core/digest';
import { AirlockError } from '../../core/errors';
import { isMissing, makeWay, readStored, writeDurably } from '../store/disk';
import { changeSigners } from '../trust/policy-change';
import { parseTrustPolicy, type TrustPolicy } from '../trust/policy';
import { type Check, fail, pass } from '../verify/report';

/** What a store keeps of its policy: its digest, and the file itself, whose keys judge the next one. */
export interface PolicyPin {
  readonly digest: Digest;
  readonly text: string;
}

const FORMAT = 1;
const fileOf = (dir: string): string => path.join(dir, 'policy.json');
const pinText = ({ digest, text }: PolicyPin): string => reviewJson({ format: FORMAT, digest, text });

/** @returns undefined where the store has none; `damaged` where what lies there is none */
export async function readPin(dir: string): Promise<PolicyPin | 'damaged' | undefined> {
  try {
    const written = await readStored(fileOf(dir));
    const { text } = JSON.parse(written) as { readonly text?: unknown };
    if (typeof text !== 'string') return 'damaged';
    const pin = { digest: digestOf(text), text };
    return pinText(pin) === written ? pin : 'damaged';
  } catch (error) {
    return isMissing(error) ? undefined : 'damaged';
  }
}

/** Keeps a policy as the one that the store is filled under. @throws AirlockError (environment) when the disk refuses */
export async function writePin(dir: string, { digest, text }: TrustPolicy): Promise<void> {
  const file = fileOf(dir);
  await makeWay(file);
  await writeDurably(file, pinText({ digest, text }), path.join(dir, 'staging'));
}

/** Why an import may not go by the policy that it was given, or by none. */
export type PolicyReason = 'policy-needed' | 'policy-changed' | 'policy-unknown';

/** What an import goes by, as far as the pin is concerned. */
export interface PolicyTerms {
  readonly policy?: TrustPolicy;
  /** Files beside the policy that may be signatures over its change. */
  readonly signatures?: readonly Buffer[];
  /** Policies that the store went by before: a signature that led to one once does not lead back to it. */
  readonly former?: ReadonlySet<Digest>;
  /** Why a change counts that nobody of the old policy signed. */
  readonly acceptPolicy?: string;
}

export interface PinVerdict {
  readonly checks: readonly Check[];
  readonly reasons: readonly PolicyReason[];
  /** The policy that the store is to keep from now on. */
  readonly pin?: TrustPolicy;
  /** That the change counts by the word of a person alone. */
  readonly overruled: boolean;
}

const SUBJECT = 'policy';

/** The old policy; undefined where this program cannot read it. */
function parsed({ text }: PolicyPin): TrustPolicy | undefined {
  try {
    return parseTrustPolicy(text, 'policy.json');
  } catch (error) {
    if (error instanceof AirlockError) return undefined;
    throw error;
  }
}

/** How far a change is signed, and whether that suffices. */
function signed(
  old: TrustPolicy,
  to: Digest,
  signatures: readonly Buffer[],
  now: Date,
): { ok: boolean; words: string } {
  const signers = changeSigners(old, to, signatures, now);
  const words =
    signers.length === 0
      ? `by no key that it lets sign for the next, needed ${old.policyThreshold}`
      : `by ${signers.join(', ')}, needed ${old.policyThreshold}`;
  return { ok: signers.length >= old.policyThreshold, words };
}

/** Judges the policy of an import by the one that the store keeps. Pure. */
export function judgePin(
  pin: PolicyPin | 'damaged' | undefined,
  { policy, signatures = [], former = new Set(), acceptPolicy }: PolicyTerms,
  now: Date,
): PinVerdict {
  const refuse = (reason: PolicyReason, detail: string): PinVerdict => ({
    checks: [fail('seal', SUBJECT, 'untrusted', detail)],
    reasons: [reason],
    overruled: false,
  });
  if (pin === undefined && policy === undefined) return { checks: [], reasons: [], overruled: false };
  if (policy === undefined) {
    const which = pin === undefined || pin === 'damaged' ? 'one that cannot be read any more' : pin.digest;
    return refuse('policy-needed', `the store was filled under a policy, ${which}; give it with --policy`);
  }
  const take = (detail: string, more: { readonly pin?: TrustPolicy; readonly overruled?: boolean }): PinVerdict => ({
    ...{ checks: [pass('seal', SUBJECT, detail)], reasons: [], overruled: false },
    ...more,
  });
  if (pin === undefined) return take(`${policy.digest}, which the store keeps from now on`, { pin: policy });
  if (pin !== 'damaged' && pin.digest === policy.digest) return take(`${pin.digest}, as the store keeps it`, {});
  const accepted = (detail: string): PinVerdict =>
    take(`${policy.digest}; ${detail}; accepted: ${String(acceptPolicy)}`, { pin: policy, overruled: true });
  const old = pin === 'damaged' ? undefined : parsed(pin);
  if (pin === 'damaged' || old === undefined) {
    const what = `what the store keeps of its policy ${pin === 'damaged' ? 'is damaged' : 'cannot be read by this airlock'}`;
    return acceptPolicy === undefined
      ? refuse('policy-unknown', `${what}; compare ${policy.digest} by another path, and say --accept-policy REASON`)
      : accepted(what);
  }
  const left = `the store went by ${policy.digest} before and left it: whoever wants it back writes and signs it under new words`;
  if (former.has(policy.digest))
    return acceptPolicy === undefined
      ? refuse('policy-changed', `${left} (a comment suffices), or says --accept-policy REASON`)
      : accepted(left);
  const { ok, words } = signed(old, policy.digest, signatures, now);
  const change = `the store was filled under ${old.digest}, and ${policy.digest} is signed ${words}`;
  if (ok) return take(change, { pin: policy });
  return acceptPolicy === undefined
    ? refuse('policy-changed', `${change}; sign it with \`airlock trust sign\`, or say --accept-policy REASON`)
    : accepted(change);
}
