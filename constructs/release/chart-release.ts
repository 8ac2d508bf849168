import { type ITerraformDependable, TerraformLocal } from 'cdktf';
import { Construct } from 'constructs';
import { Release } from '@cdktf/provider-helm/lib/release';
import { reviewJson } from '../../core/canonical-json';
import { badInput } from '../../core/errors';
import { escapeTemplate } from './envelope-values';
import { RELEASE_NAME } from '../../core/kubernetes-syntax';
import { checkProps, type Checks, form, heldBy, optional, wholeFrom } from '../checks/props';
import { made, namespaceName } from '../checks/shared';

/** Props of `ChartRelease`. */
export interface ChartReleaseProps {
  /** Name of the release, unique in its namespace. */
  readonly name: string;
  /** Namespace of the release; it exists already. */
  readonly namespace: string;
  /** Path of the packaged chart on the machine that deploys. */
  readonly file: string;
  /** SHA-256 of that file, hexadecimal, as the lock states it. */
  readonly sha256: string;
  /** Values; whatever names an image names it in the enclave's registry, by digest. */
  readonly values: object;
  /** What must exist first: the namespace and all that confines it. Never empty. */
  readonly dependsOn: readonly ITerraformDependable[];
  /**
   * Seconds that an installation may take, hooks included.
   *
   * @default 600
   */
  readonly timeoutSeconds?: number;
}

const CHECKS: Checks<ChartReleaseProps> = {
  name: form(RELEASE_NAME),
  namespace: namespaceName,
  file: heldBy('the constructor'),
  sha256: heldBy('the constructor'),
  values: heldBy('the chart'),
  dependsOn: made,
  timeoutSeconds: optional(wholeFrom(1)),
};

/**
 * A Helm release of a chart of the lock, from a file whose bytes Terraform holds against the lock before it plans.
 *
 * What a chart renders stands in no plan, so the audit calls it UNPROVEN: somebody has to read `helm template` of it and sign
 * a waiver. Prefer EnvelopeRelease for whatever can be written out.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/custom-conditions
 */
export class ChartRelease extends Construct {
  /** @throws AirlockError (input) for a malformed hash, a relative path, or no dependencies */
  public constructor(scope: Construct, id: string, props: ChartReleaseProps) {
    super(scope, id);
    checkProps('ChartRelease', props, CHECKS);
    const { name, namespace, file, sha256, values, dependsOn, timeoutSeconds = 600 } = props;
    if (!/^[0-9a-f]{64}$/.test(sha256))
      throw badInput(
        'CONSTRUCT_PROPS_INVALID',
        `release "${name}": "${sha256}" is no SHA-256`,
        'take it from the chart of the lock',
      );
    if (!/^\/[^"$%\\\p{Cc}]+\.tgz$/u.test(file))
      throw badInput(
        'CONSTRUCT_PROPS_INVALID',
        `release "${name}": "${file}" is no path of a packaged chart`,
        'write an absolute path to a .tgz',
      );
    if (dependsOn.length === 0)
      throw badInput(
        'CONSTRUCT_PROPS_INVALID',
        `release "${name}" depends on nothing`,
        'pass the namespace and its policies as dependsOn',
      );
    // A condition must refer to something that the configuration names.
    const found = new TerraformLocal(this, 'sha256', `\${filesha256("${file}")}`);
    new Release(this, 'Resource', {
      name,
      namespace,
      chart: file,
      values: [escapeTemplate(reviewJson(values))],
      createNamespace: false,
      wait: false,
      maxHistory: 10,
      timeout: timeoutSeconds,
      dependsOn: [...dependsOn],
      lifecycle: {
        precondition: [
          {
            condition: `\${local.${found.friendlyUniqueId} == "${sha256}"}`,
            errorMessage: `${file} is not the chart of the lock (SHA-256 ${sha256}): fetch it again with airlock charts fetch`,
          },
        ],
      },
    });
  }
}
