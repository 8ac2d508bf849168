/**
 * Terraform's CLI configuration (developer.hashicorp.com/terraform/cli/config/config-file): it decides which programs run as
 * providers. The one text that an enclave needs is known, so it is compared, not read: development overrides, further
 * mirrors, direct downloads, plug-in caches and credentials are all another text.
 */
import { type Digest, digestOf } from '../../core/digest';
import type { Enclave } from '../../site/generated/enclave';

const quote = (text: string): string => JSON.stringify(text);

/** The text for an enclave: its mirror, or its folder of providers, and no news from anywhere. */
function expectedText({ registry, providers }: Pick<Enclave, 'registry' | 'providers'>): string {
  const [method, argument, value] =
    providers?.directory === undefined
      ? ['network_mirror', 'url', providers?.mirror ?? `https://${registry}/terraform/`]
      : ['filesystem_mirror', 'path', providers.directory];
  return `disable_checkpoint = true

provider_installation {
  ${method} {
    ${argument} = ${quote(value)}
  }
}
`;
}

/** Digest of the CLI configuration that an enclave needs. */
export const cliConfigurationDigest = (enclave: Pick<Enclave, 'registry' | 'providers'>): Digest =>
  digestOf(expectedText(enclave));
