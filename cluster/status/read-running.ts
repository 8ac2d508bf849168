/** Reads what runs in the namespaces of a plan. */
import type { CronJob, Job } from 'kubernetes-types/batch/v1';
import type { Pod } from 'kubernetes-types/core/v1';
import type { PlainObject } from '../../audit/kubernetes/plain';
import type { Kubectl } from '../kubectl';
import type { Running } from './status';

/** Namespaces that a plan makes. */
const namespacesOf = (objects: readonly PlainObject[]): string[] =>
  objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);

/** @throws AirlockError (environment) when the cluster cannot be reached */
export async function readRunning(kubectl: Kubectl, objects: readonly PlainObject[]): Promise<Running> {
  const pods: Pod[] = [];
  const jobs: Job[] = [];
  const cronJobs: CronJob[] = [];
  for (const namespace of namespacesOf(objects)) {
    pods.push(...(await kubectl.list<Pod>('pods', namespace)));
    jobs.push(...(await kubectl.list<Job>('jobs', namespace)));
    cronJobs.push(...(await kubectl.list<CronJob>('cronjobs', namespace)));
  }
  return { pods, jobs, cronJobs };
}
