/** The Terraform providers of the plan, from the folder that `AIRLOCK_PROVIDER_MIRROR` names: they come from no package registry. */
import { TERRAFORM_PROVIDERS } from '../../../catalog/terraform-providers.js';
import { resolveProviderPackage } from '../../../offline-bundle/resolve/resolve-provider.js';
import { ProviderMirror } from '../../../offline-bundle/terraform/provider-mirror.js';
import type { Lock } from '../../../site/generated/lock.js';

export const PROVIDER_MIRROR = 'AIRLOCK_PROVIDER_MIRROR';
const PLATFORM = 'linux/amd64';

/** The lock with the hashes of the packages in the folder. */
export async function withProviders(lock: Lock, directory: string): Promise<Lock> {
  const clients = { providerMirror: new ProviderMirror(directory) } as Parameters<typeof resolveProviderPackage>[0];
  const providers = TERRAFORM_PROVIDERS.map(async ({ source, version }) => ({
    source,
    version,
    packages: [await resolveProviderPackage(clients, { source, version, platform: PLATFORM })],
  }));
  return { ...lock, providers: await Promise.all(providers) };
}
