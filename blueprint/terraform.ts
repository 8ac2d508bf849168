/** How Terraform works without a network: which providers, from where, and where it keeps its state. */
import type { Enclave, EnclaveState } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';
import type { Inputs } from './inputs';
import { enclaveAt, lockAt, type Rests, restsOn } from './rests';

/** A provider of the lock, with the hashes of its packages as Terraform writes them. */
export interface ProviderDecision {
  readonly source: string;
  readonly version: string;
  /** `h1:…` and `zh:…`, sorted. */
  readonly hashes: readonly string[];
}

/** What Terraform needs beside the stacks. */
export interface TerraformDecision extends Rests {
  readonly providers: readonly ProviderDecision[];
  /** A network mirror by URL, or a folder. */
  readonly providersFrom: { readonly mirror: string } | { readonly directory: string };
  readonly state: EnclaveState;
}

/** The enclave's mirror, that of its registry where it names none. */
export const providersFrom = ({
  registry,
  providers,
}: Pick<Enclave, 'registry' | 'providers'>): TerraformDecision['providersFrom'] =>
  providers?.directory === undefined
    ? { mirror: providers?.mirror ?? `https://${registry}/terraform/` }
    : { directory: providers.directory };

/** Providers of a lock, sorted. */
export const lockedProviders = ({ providers }: Pick<Lock, 'providers'>): ProviderDecision[] =>
  [...providers]
    .sort((a, b) => (a.source < b.source ? -1 : 1))
    .map(({ source, version, packages }) => ({
      ...{ source, version },
      hashes: [...packages.map(({ h1 }) => h1), ...packages.map(({ sha256 }) => `zh:${sha256}`)].sort(),
    }));

export const terraformOf = ({ enclave, lock }: Inputs): TerraformDecision => ({
  providers: lockedProviders(lock),
  providersFrom: providersFrom(enclave),
  state: enclave.state ?? { backend: 'local' },
  restsOn: restsOn(
    lockAt('providers'),
    enclave.providers === undefined ? enclaveAt('registry') : enclaveAt('providers'),
    enclave.state !== undefined && enclaveAt('state'),
  ),
});
