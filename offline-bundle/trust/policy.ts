/** A trust policy: under whose keys, and on what terms, a bundle is taken. The file of one, or what a command line says. */
import { type Digest, digestOf } from '../../core/digest';
import type { JudgedDigest, Trust, TrustKey } from '../../site/generated/trust';
import { readTextFile } from '../../site/reading/read-file';
import { trustValidator } from '../../site/reading/validators';
import { YamlDocument } from '../../site/reading/yaml-document';
import { loadTrustedKey, type TrustedKey } from './keys';

/** A key of a policy, and the days on which it counts. */
export interface PolicyKey extends TrustedKey {
  readonly name: string;
  readonly roles: TrustKey['roles'];
  /** First and last day in UTC, YYYY-MM-DD. */
  readonly notBefore?: string;
  readonly notAfter?: string;
}

/** The terms of a policy file. */
export interface TrustPolicy {
  /** Of the file's bytes. */
  readonly digest: Digest;
  /** The file itself, as the store keeps it to judge its next version. */
  readonly text: string;
  readonly sites: readonly string[];
  readonly keys: readonly PolicyKey[];
  /** How many distinct keys must have sealed a bundle. */
  readonly threshold: number;
  /** How many distinct keys must have signed the next version of the file. */
  readonly policyThreshold: number;
  /** Reasons by key id. */
  readonly revoked: ReadonlyMap<string, string>;
  readonly longestDays?: number;
  readonly minimumDays?: number;
  readonly refused: readonly JudgedDigest[];
  readonly unsigned: readonly JudgedDigest[];
}

/** Fields that hold how many keys of a role are needed. */
const THRESHOLDS = [
  { role: 'bundle', field: 'threshold' },
  { role: 'policy', field: 'policyThreshold' },
] as const;

/** Every key as an object; two entries of one key, of one name, or with days the wrong way round are faults. */
function keysOf(document: YamlDocument, { keys }: Trust): PolicyKey[] {
  const found = new Map<string, string>();
  return keys.flatMap(({ publicKey, ...entry }, at): PolicyKey[] => {
    const key = document.attempt(['keys', at, 'publicKey'], () => loadTrustedKey(publicKey, 'the key'));
    const { notBefore, notAfter, name } = entry;
    if (notBefore !== undefined && notAfter !== undefined && notBefore > notAfter)
      document.fault(['keys', at, 'notAfter'], `${notAfter} is before ${notBefore}`, 'write the later day');
    if (key === undefined) return [];
    for (const mark of [key.id, name]) {
      const before = found.get(mark);
      if (before === undefined) found.set(mark, name);
      else document.fault(['keys', at], `"${mark}" stands there already, as "${before}"`, 'name each key once');
    }
    return [{ ...entry, ...key }];
  });
}

/** Notes thresholds that are missing where somebody must choose, and those that nobody can meet. */
function checkThresholds(document: YamlDocument, trust: Trust, keys: readonly PolicyKey[]): void {
  const revoked = new Set((trust.revoked ?? []).map(({ key }) => key));
  for (const { role, field } of THRESHOLDS) {
    const count = keys.filter(({ id, roles }) => roles.includes(role) && !revoked.has(id)).length;
    const asked = trust[field];
    if (asked === undefined && count > 1)
      document.fault(
        [],
        `${count} keys have the role ${role}, and nothing says how many of them are needed`,
        `add ${field}, from 1 (any one of them suffices) to ${count} (all of them)`,
      );
    if (asked !== undefined && asked > count)
      document.fault(
        [field],
        `${asked} keys with the role ${role} are needed, and ${count} could sign`,
        `write at most ${count}, or add keys`,
      );
    if (role === 'bundle' && asked === undefined && count === 0)
      document.fault(['keys'], 'no key may seal bundles', 'give one the role bundle');
  }
}

/**
 * Parses the text of a trust policy.
 *
 * @throws AirlockError (input) with every fault, its line and column
 */
export function parseTrustPolicy(text: string, file: string): TrustPolicy {
  const document = new YamlDocument(text, file);
  const trust = document.validate(trustValidator());
  const keys = trust === undefined ? [] : keysOf(document, trust);
  // A key that cannot be read would be missed there a second time.
  if (trust !== undefined && document.faults.length === 0) checkThresholds(document, trust, keys);
  document.throwFaults('TRUST_FILE_INVALID', 'trust policy');
  const { sites, threshold = 1, policyThreshold = 1, longestDays, minimumDays, ...rest } = trust as Trust;
  return {
    ...{ digest: digestOf(text), text, sites, keys, threshold, policyThreshold },
    revoked: new Map((rest.revoked ?? []).map(({ key, reason }) => [key, reason])),
    ...(longestDays === undefined ? {} : { longestDays }),
    ...(minimumDays === undefined ? {} : { minimumDays }),
    refused: rest.refused ?? [],
    unsigned: rest.unsigned ?? [],
  };
}

/** Reads and parses a trust policy; see {@link parseTrustPolicy}. */
export const loadTrustPolicy = async (file: string): Promise<TrustPolicy> =>
  parseTrustPolicy(await readTextFile(file, 'write one (docs/trust.md)'), file);

/** Keys of a role that are not revoked. */
export const keysWith = ({ keys, revoked }: TrustPolicy, role: TrustKey['roles'][number]): PolicyKey[] =>
  keys.filter(({ id, roles }) => roles.includes(role) && !revoked.has(id));

/** Why a key does not count on the day of a time; undefined where it does. */
export function dayFault({ notBefore, notAfter }: PolicyKey, time: Date): string | undefined {
  const day = time.toISOString().slice(0, 10);
  if (notBefore !== undefined && day < notBefore) return `counts only from ${notBefore} on`;
  return notAfter !== undefined && day > notAfter ? `counted until ${notAfter}` : undefined;
}
