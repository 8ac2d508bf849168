/** AIR-LOCK-2. */
import { cliConfigurationStatements, dependencyLockStatements, packageStatements } from '../files/locked-providers';
import { placeOf } from '../kubernetes/object';
import { containersOf } from '../kubernetes/pods';
import { at, textOf } from '../plan/access';
import { placeIn, type PlanStack } from '../plan/plan';
import { readImage } from './image-reference';
import { exactVersion, fullSource, usedProviders } from './provider-sources';
import { type AuditContext, type Complaint, guard, judge, type Rule, type Statement } from './rule';

/** A provider under another name than its own could be configured a second time, for another cluster. */
function nameComplaints({ localName, where }: PlanStack['requiredProviders'][number], source: string): Complaint[] {
  const own = source.split('/').at(-1) ?? '';
  if (localName === own) return [];
  const message = `${source} goes under a second name`;
  return [{ check: 'provider-name', message, fix: `require it once, as "${own}"`, where, value: localName }];
}

function providerComplaints(provider: PlanStack['requiredProviders'][number], { lock }: AuditContext): Complaint[] {
  const source = fullSource(provider);
  const where = provider.where;
  const locked = lock.providers.find((candidate) => candidate.source === source);
  if (locked === undefined) {
    const message = `the lock has no provider ${source}`;
    return [{ check: 'provider', message, fix: 'use the providers of the lock', where, value: source }];
  }
  const version = exactVersion(provider.version);
  if (version === locked.version) return [];
  const message =
    version === undefined
      ? 'the version constraint admits more than one version, or is missing'
      : `the lock has version ${locked.version}`;
  const fix = `require version "${locked.version}"`;
  return [{ check: 'provider-version', message, fix, where, value: provider.version ?? '(absent)' }];
}

function stackStatements(stack: PlanStack, context: AuditContext): Statement[] {
  const place = { stack: stack.name, file: stack.file, pointer: '/terraform/required_providers' };
  const required = stack.requiredProviders.flatMap((provider) =>
    judge(
      { subject: `stack ${stack.name} provider ${provider.localName}`, place, proven: 'locked at this very version' },
      () => [...nameComplaints(provider, fullSource(provider)), ...providerComplaints(provider, context)],
    ),
  );
  const names = new Set(stack.requiredProviders.map(({ localName }) => localName));
  const implied = [...usedProviders(stack)]
    // `terraform` is built in: terraform_data needs no provider.
    .filter(([localName]) => !names.has(localName) && localName !== 'terraform')
    .map(([localName, resource]): Statement => ({
      verdict: 'VIOLATED',
      subject: `stack ${stack.name} provider ${localName}`,
      check: 'provider-implied',
      message: 'resources use a provider that required_providers does not name: Terraform takes its newest version',
      fix: `name ${localName} in required_providers, with source and exact version`,
      place: placeIn(resource, resource.body.where),
    }));
  return [...required, ...implied, ...dependencyLockStatements(stack, context), ...packageStatements(stack, context)];
}

export const useLocked: Rule = {
  id: 'AIR-LOCK-2',
  title: 'Nothing that the plan uses is missing from the lock',
  explanation:
    'What is not locked was not reviewed, and is not on the media. Every provider of a stack must be required by the very ' +
    'version that the lock has, under its own name; none may be implied. `.terraform.lock.hcl` may demand no hash but those ' +
    'of the lock, `.terraform` may hold no package but that of the lock, file by file, and `terraform.tfrc` must be the one ' +
    'text that the enclave needs. Every image digest must stand in the lock, whatever registry it is named with.',
  waivable: false,
  needs: ['pods'],
  evaluate: (context) => [
    ...cliConfigurationStatements(context),
    ...context.plan.stacks.flatMap((stack) => stackStatements(stack, context)),
    ...context.pods.flatMap((pod) =>
      guard(pod.subject, placeOf(pod.object), () =>
        containersOf(pod).flatMap((container) => {
          const image = at(container.node, 'image');
          const place = placeOf(pod.object, image ?? container.node);
          return judge({ subject: `${pod.subject} ${container.label}`, place, proven: 'its digest is locked' }, () => {
            const value = textOf(image) ?? '';
            const digest = readImage(value, context.enclave)?.digest;
            if (digest !== undefined && context.locked.imageByDigest(digest) !== undefined) return [];
            const message = 'what this container runs is not in the lock';
            return [{ check: 'image', message, fix: 'add it to the site, and lock again', where: place, value }];
          });
        }),
      ),
    ),
  ],
};
