/**
 * What was deployed, kept beside the state: each plan once, under its digest, and the order in which they were deployed.
 *
 * `plans/<digest>/` holds the files of a plan, `history.json` the digests, the last one last. It holds no time and no name.
 */
import { readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { reviewJson } from '../../core/canonical-json';
import { type Digest, hexOf, isDigest } from '../../core/digest';
import { badInput, checkFailed } from '../../core/errors';
import { makeFolders } from '../../core/make-folders';
import { writeWhole } from '../../core/write-whole';
import { copyPlan, planDigest } from './plan-tree';

const HISTORY = 'history.json';

/** Folder of a kept plan. */
export const keptPlan = (archive: string, digest: Digest): string => path.join(archive, 'plans', hexOf(digest));

/**
 * Digests of the plans that were deployed, the last one last; empty where nothing was kept.
 *
 * @throws AirlockError (input) when the file is not one of ours
 */
export async function history(archive: string): Promise<readonly Digest[]> {
  const file = path.join(archive, HISTORY);
  const text = await readFile(file, 'utf8').catch(() => '[]');
  const value: unknown = ((): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  })();
  if (Array.isArray(value) && value.every((one): one is Digest => typeof one === 'string' && isDigest(one)))
    return value;
  throw badInput(
    'DEPLOYMENT_HISTORY_INVALID',
    `${file} is no history of deployments`,
    'it is a list of digests; restore it from a backup',
  );
}

/** Keeps the files of a plan, without saying that it was deployed. */
export async function keepPlan(archive: string, plan: string): Promise<Digest> {
  const digest = await planDigest(plan);
  const target = keptPlan(archive, digest);
  if ((await planDigest(target).catch(() => undefined)) === digest) return digest;
  const unfinished = `${target}.partial`;
  for (const folder of [unfinished, target]) await rm(folder, { recursive: true, force: true });
  await makeFolders(unfinished);
  await copyPlan(plan, unfinished);
  await rename(unfinished, target);
  return digest;
}

/** Keeps a plan and says that it is what is deployed now; to say it twice changes nothing. */
export async function recordDeployment(archive: string, plan: string): Promise<Digest> {
  const digest = await keepPlan(archive, plan);
  const before = await history(archive);
  if (before.at(-1) === digest) return digest;
  await writeWhole(path.join(archive, HISTORY), Buffer.from(reviewJson([...before, digest])));
  return digest;
}

/**
 * Folder of a kept plan whose files still are what was kept.
 *
 * @throws AirlockError (check) when they are not, or are gone
 */
export async function openKept(archive: string, digest: Digest): Promise<string> {
  const folder = keptPlan(archive, digest);
  const found = await planDigest(folder).catch(() => undefined);
  if (found === digest) return folder;
  throw checkFailed(
    'DEPLOYMENT_RECORD_DAMAGED',
    `${folder} ${found === undefined ? 'is gone or cannot be read' : `has digest ${found}`}`,
    'nothing was changed; restore the folder of deployments from a backup, or synthesize the older site again',
  );
}

/**
 * Folder of the plan that was deployed before the one that lies in `cdktf.out` now.
 *
 * @throws AirlockError (input) when there is none, (check) when its files are not what was kept
 */
export async function lastKept(archive: string, plan: string): Promise<string> {
  return openKept(archive, target(await history(archive), await planDigest(plan)));
}

/**
 * Which plan to go back to: the last that was deployed and is not what lies in `cdktf.out` now.
 *
 * @param wanted begin of a digest, with or without `sha256:`
 * @throws AirlockError (input) when there is none, or several
 */
export function target(deployed: readonly Digest[], current: Digest, wanted?: string): Digest {
  if (wanted === undefined) {
    const before = deployed.findLast((digest) => digest !== current);
    if (before !== undefined) return before;
    throw badInput(
      'DEPLOYMENT_UNKNOWN',
      'there is no other deployment to go back to',
      'keep each one with `airlock deployed` after it',
    );
  }
  const start = wanted.replace(/^sha256:/, '');
  const found = [...new Set(deployed)].filter((digest) => hexOf(digest).startsWith(start));
  const [only, another] = found;
  if (only !== undefined && another === undefined && start !== '') return only;
  throw badInput(
    'DEPLOYMENT_UNKNOWN',
    `${String(found.length)} deployments begin with "${wanted}"`,
    '`airlock deployed --list` shows them; write as much of one as tells it from the others',
  );
}
