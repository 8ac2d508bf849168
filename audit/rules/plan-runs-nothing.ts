/** AIR-PLAN-2. */
import { at, textOf } from '../plan/access';
import { placeIn, type PlanResource } from '../plan/plan';
import { programComplaints } from '../terraform/programs';
import { type Complaint, judge, type Rule, type Statement } from './rule';

const REMOTE_CHART = /^(?:https?|oci):\/\//;

function releaseComplaints({ body }: PlanResource): Complaint[] {
  const complaints: Complaint[] = [];
  const postrender = body.entries.get('postrender');
  if (postrender !== undefined && !(postrender.kind === 'list' && postrender.items.length === 0)) {
    complaints.push({
      check: 'postrender',
      message: 'a post-renderer is a program that runs during the deployment and rewrites the objects',
      fix: 'write the objects as they shall be',
      where: postrender.where,
    });
  }
  const chart = at(body, 'chart');
  const repository = at(body, 'repository');
  const remote = repository ?? (chart?.kind === 'scalar' && REMOTE_CHART.test(String(chart.value)) ? chart : undefined);
  if (remote !== undefined) {
    complaints.push({
      check: 'remote-chart',
      message: 'the chart is fetched during the deployment',
      fix: 'use a chart folder inside the plan',
      where: remote.where,
      ...(remote.kind === 'scalar' ? { value: textOf(remote) ?? '' } : {}),
    });
  }
  return complaints;
}

export const planRunsNothing: Rule = {
  id: 'AIR-PLAN-2',
  title: 'Nothing but the locked providers runs during a deployment',
  explanation:
    'Terraform itself can act: provisioners and `external` data sources run commands on the deploying machine, `http` ' +
    'data sources and remote charts reach out, a Helm post-renderer rewrites what was reviewed, and a provider may be told ' +
    'to run a program for its credentials, or plug-ins.',
  waivable: false,
  needs: [],
  evaluate: ({ plan }) => [
    ...plan.oddities
      .filter(({ kind }) => kind === 'executes')
      .map(({ subject, message, fix, place }): Statement => ({
        verdict: 'VIOLATED',
        subject,
        check: 'executes',
        message,
        fix,
        place,
      })),
    ...plan.stacks.flatMap((stack) => {
      const place = { stack: stack.name, file: stack.file, pointer: '/resource' };
      const silent = plan.oddities.every(({ kind, place: { file } }) => kind !== 'executes' || file !== stack.file);
      const releases = stack.resources.filter(({ type }) => type === 'helm_release');
      const judged = releases.flatMap((resource) =>
        judge(
          {
            subject: resource.address,
            place: placeIn(resource, resource.body.where),
            proven: 'a local chart, no post-renderer',
          },
          () => releaseComplaints(resource),
        ),
      );
      const subject = `stack ${stack.name}`;
      const own = judge(
        { subject, place, proven: 'no provisioner, no active data source, no program of a provider' },
        () => programComplaints(stack),
      );
      return [...own.filter(({ verdict }) => silent || verdict !== 'PROVEN'), ...judged];
    }),
  ],
};
