/** Models with their digests: where they come from, who reviewed them, and what loads them. */
import type { Digest } from '../../../core/digest';
import type { AuditContext } from '../../rules/rule';
import { verifiedVolumes } from '../../rules/verified-volumes';
import { orUnknown } from './zones';

export interface LoadedModel {
  readonly name: string;
  readonly repository: string;
  /** The commit. */
  readonly revision: string;
  /** SPDX expression, and who reviewed it on which day. */
  readonly license: string;
  readonly reviewed: string;
  /** Of the manifest that decides every byte. */
  readonly digest: Digest | undefined;
  readonly files: number;
  readonly bytes: number;
  readonly servings: readonly string[];
  /** Workloads of the plan that mount it once it was verified. */
  readonly workloads: readonly string[];
}

/** Every model of the lock, in its order. */
export function modelsOf(context: AuditContext): readonly LoadedModel[] {
  const { lock, site, pods, locked } = context;
  const mounted = pods.map((pod) => ({
    subject: pod.subject,
    models: orUnknown(() => verifiedVolumes(pod, context).flatMap(({ models }) => models), []),
  }));
  return lock.models.map(({ name, source, license, files }) => {
    const review = site.models.find((model) => model.name === name)?.license;
    return {
      name,
      repository: source.repository,
      revision: source.revision,
      license: license.declared,
      reviewed: review === undefined ? '' : `${review.reviewedBy} on ${review.reviewedOn}`,
      digest: locked.model(name),
      files: files.length,
      bytes: files.reduce((sum, { size }) => sum + size, 0),
      servings: site.servings.filter(({ model }) => model === name).map((serving) => serving.name),
      workloads: mounted.filter(({ models }) => models.includes(name)).map(({ subject }) => subject),
    };
  });
}
