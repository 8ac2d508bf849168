/** What is wrong with the memory of a store: the policy that it was filled under, and its history. */
import { lastPolicy, readHistory } from '../history/history';
import { readPin } from '../import/policy-pin';
import type { StoreNote, StoreProblem } from './problem';

const POLICY_FIX =
  'compare the policy by another path, then import with --policy and --accept-policy: docs/trust.md, "The store remembers"';
const HISTORY_FIX = '`airlock store history` prints all of it; bring back the folder from a copy, or keep it as it is';

async function policyProblem(dir: string): Promise<string | undefined> {
  const pin = await readPin(dir);
  if (pin === 'damaged') return 'is not as it was written';
  const last = await lastPolicy(dir);
  return pin === undefined && last !== undefined ? `is missing, and the last import went by ${last}` : undefined;
}

/** Policy and history, as the store has them. Nothing is written. @param hasBundles that imports have been there */
export async function trustProblems(
  dir: string,
  hasBundles: boolean,
): Promise<{ problems: StoreProblem[]; notes: StoreNote[] }> {
  const policy = await policyProblem(dir);
  const { records, problems } = await readHistory(dir);
  const pin = await readPin(dir);
  return {
    problems: [
      ...(policy === undefined
        ? []
        : [
            {
              ...({ kind: 'policy', path: 'policy.json', what: policy, fix: POLICY_FIX } as const),
              breaks: ['the next import: it is refused until somebody says that a policy counts'],
            },
          ]),
      ...problems.map(({ file, problem }): StoreProblem => ({
        ...{ kind: 'history', path: `history/${file}`, what: problem, fix: HISTORY_FIX },
        breaks: ['what can be shown of imports'],
      })),
    ],
    notes:
      (pin !== undefined || hasBundles) && records.length === 0
        ? [{ path: 'history', what: 'is empty: it was taken away, or all imports were of a release that kept none' }]
        : [],
  };
}
