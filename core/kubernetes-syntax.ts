/**
 * Forms of text that the API server demands, so that a mistake is named where it is made and not by a failed deployment.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 * @see https://github.com/kubernetes/apimachinery/blob/master/pkg/util/validation/validation.go
 */
import { badInput } from './errors';
import { visible } from './visible';

export interface TextForm {
  /** What such a text is. */
  readonly noun: string;
  readonly pattern: RegExp;
  /** Characters at most. */
  readonly longest: number;
  /** The allowed form, for people. */
  readonly fix: string;
}

const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(?:\\.${LABEL})*`;
const WORD = '[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?';

/** RFC 1123; namespaces, containers, volumes. */
export const DNS_LABEL: TextForm = {
  noun: 'DNS label',
  pattern: new RegExp(`^${LABEL}$`),
  longest: 63,
  fix: 'write at most 63 lower-case letters, digits and hyphens, a letter or digit first and last',
};

/** RFC 1035; Services. */
export const SERVICE_NAME: TextForm = {
  noun: 'name of a Service',
  pattern: new RegExp(`^(?=[a-z])${LABEL}$`),
  longest: 63,
  fix: 'write at most 63 lower-case letters, digits and hyphens, a letter first',
};

/** Names of releases: labels and a Secret's name carry them (helm/helm pkg/chartutil/validate_name.go). */
export const RELEASE_NAME: TextForm = {
  ...DNS_LABEL,
  noun: 'release name',
  longest: 53,
  fix: 'write at most 53 lower-case letters, digits and hyphens',
};

/** RFC 1123; most other objects, and nodes. */
export const DNS_SUBDOMAIN: TextForm = {
  noun: 'DNS name',
  pattern: new RegExp(`^${SUBDOMAIN}$`),
  longest: 253,
  fix: 'write lower-case letters, digits, hyphens and dots, a letter or digit at both ends of each part',
};

export const LABEL_VALUE: TextForm = {
  noun: 'value of a label',
  pattern: new RegExp(`^(?:${WORD})?$`),
  longest: 63,
  fix: 'write at most 63 letters, digits, hyphens, dots and underscores, a letter or digit first and last',
};

/** Keys of labels and annotations: an optional DNS name and a slash, then at most 63 characters. */
export const QUALIFIED_NAME: TextForm = {
  noun: 'key of labels or annotations',
  pattern: new RegExp(`^(?:(?=[^/]{1,253}/)${SUBDOMAIN}/)?(?=[^/]{1,63}$)${WORD}$`),
  longest: 317,
  fix: 'write e.g. example.com/name or name',
};

/** Of the cluster, as Pod Security labels take it. */
export const MINOR_VERSION: TextForm = {
  noun: 'minor version of Kubernetes',
  pattern: /^1\.[0-9]{2}$/,
  longest: 4,
  fix: 'write e.g. 1.34, without v and patch level',
};

/** Keys of Secrets and ConfigMaps. */
export const DATA_KEY: TextForm = {
  noun: 'key of a Secret',
  pattern: /^(?!\.\.?$)[A-Za-z0-9._-]+$/,
  longest: 253,
  fix: 'write letters, digits, hyphens, dots and underscores',
};

/**
 * @param where the place, e.g. `ConfinedNamespace: name`
 * @throws AirlockError (input) naming place, value and form
 */
export function demandForm({ noun, pattern, longest, fix }: TextForm, value: unknown, where: string): void {
  if (typeof value === 'string' && value.length <= longest && pattern.test(value)) return;
  const shown = typeof value === 'string' ? `"${visible(value)}"` : String(value);
  throw badInput('CONSTRUCT_PROPS_INVALID', `${where}: ${shown} is no ${noun}`, fix);
}

/** Ports, 1 to 65535. */
export function demandPort(value: unknown, where: string): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535) return;
  throw badInput(
    'CONSTRUCT_PROPS_INVALID',
    `${where}: ${String(value)} is no port`,
    'write a whole number from 1 to 65535',
  );
}
