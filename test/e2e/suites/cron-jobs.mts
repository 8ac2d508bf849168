/** Cron jobs of a plan: at their hour the same policies, quotas and nodes must take their pods. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Job } from 'kubernetes-types/batch/v1.js';
import type { PlainObject } from '../../../audit/kubernetes/plain.js';
import { expect } from '../../harness/report.mjs';
import type { World } from '../cluster/world.mjs';

export const cronJobsOf = ({ planned }: World): PlainObject[] =>
  planned.objects.filter(({ kind }) => kind === 'CronJob');

/** Starts each as its schedule would. @returns which ended */
export async function runCronJobs(world: World): Promise<string> {
  const deployer = world.kubectl('deployer');
  const ended: string[] = [];
  for (const { metadata } of cronJobsOf(world)) {
    const { name, namespace = '' } = metadata;
    const job = `${name}-by-hand`;
    const made = await deployer.run(['create', 'job', job, `--from=cronjob/${name}`, '--namespace', namespace]);
    expect(made.code === 0, made.stderr);
    const isDone = async (): Promise<boolean> =>
      (await deployer.list<Job>('jobs', namespace)).some(
        (one) => one.metadata?.name === job && (one.status?.succeeded ?? 0) > 0,
      );
    for (let tries = 0; !(await isDone()); tries += 1) {
      if (tries === 60)
        throw new Error((await deployer.run(['describe', 'jobs,pods', '--namespace', namespace])).stdout);
      await pause(500);
    }
    ended.push(`${namespace}/${name}`);
  }
  return ended.join(', ');
}
