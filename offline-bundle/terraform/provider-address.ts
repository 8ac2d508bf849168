/** Names of Terraform providers and their packages (hashicorp/terraform, "Provider Registry Protocol"). */
import { badInput } from '../../core/errors';
import { parsePlatform } from '../../core/descriptor';

export interface ProviderAddress {
  readonly host: string;
  readonly namespace: string;
  readonly type: string;
}

/** One package of a provider. */
export interface ProviderPackageName {
  /** host/namespace/type */
  readonly source: string;
  readonly version: string;
  /** os/architecture */
  readonly platform: string;
}

const PART = /^[0-9A-Za-z](?:[0-9A-Za-z._-]*[0-9A-Za-z])?$/;
const VERSION = /^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/;

/** @throws AirlockError (input) when the text is not host/namespace/type */
export function parseProviderSource(source: string): ProviderAddress {
  const [host = '', namespace = '', type = '', ...rest] = source.split('/');
  if (rest.length > 0 || !/^[0-9A-Za-z.-]+(?::\d{1,5})?$/.test(host) || !PART.test(namespace) || !PART.test(type)) {
    throw badInput(
      'SOURCE_INVALID',
      `"${source}" is not a provider`,
      'write host/namespace/type, e.g. registry.terraform.io/hashicorp/helm',
    );
  }
  return { host, namespace, type };
}

/**
 * The file name that Terraform demands of a packed mirror ("Provider Installation", filesystem_mirror).
 *
 * @throws AirlockError (input) for a malformed source or version
 */
export function packageFilename({ source, version, platform }: ProviderPackageName): string {
  const { type } = parseProviderSource(source);
  if (!VERSION.test(version))
    throw badInput('SOURCE_INVALID', `"${version}" is not a version of ${source}`, 'write it as in 2.38.0');
  const { os, architecture } = parsePlatform(platform);
  return `terraform-provider-${type}_${version}_${os}_${architecture}.zip`;
}
