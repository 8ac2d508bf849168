/** What Terraform needs beside a synthesized stack to work without a network: a dependency lock file, and where providers are. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Enclave } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';

/** Name of the CLI configuration at the root of the output; `TF_CLI_CONFIG_FILE` points to it. */
export const CLI_CONFIGURATION = 'terraform.tfrc';
const DEPENDENCY_LOCK = '.terraform.lock.hcl';

const quote = (text: string): string => JSON.stringify(text);

/**
 * The dependency lock file of every stack, from the hashes of our lock.
 *
 * With it, `terraform init` verifies each package and asks no registry; without it the CDKTF CLI would contact the
 * public one, whatever mirror is configured.
 *
 * @see https://developer.hashicorp.com/terraform/language/files/dependency-lock
 */
export function dependencyLock(lock: Lock): string {
  const blocks = [...lock.providers]
    .sort((a, b) => (a.source < b.source ? -1 : 1))
    .map(({ source, version, packages }) => {
      const hashes = [...packages.map(({ h1 }) => h1), ...packages.map(({ sha256 }) => `zh:${sha256}`)].sort();
      return [
        `provider ${quote(source)} {`,
        `  version     = ${quote(version)}`,
        `  constraints = ${quote(version)}`,
        '  hashes = [',
        ...hashes.map((hash) => `    ${quote(hash)},`),
        '  ]',
        '}',
      ].join('\n');
    });
  return ['# Written at synthesis from airlock.lock.json; changes are overwritten.', ...blocks].join('\n\n') + '\n';
}

/**
 * Terraform's CLI configuration: providers come from the enclave's mirror alone, and nobody is asked for news.
 *
 * @see https://developer.hashicorp.com/terraform/cli/config/config-file
 */
export function cliConfiguration({ registry, providers }: Pick<Enclave, 'registry' | 'providers'>): string {
  const installation =
    providers?.directory === undefined
      ? ['  network_mirror {', `    url = ${quote(providers?.mirror ?? `https://${registry}/terraform/`)}`, '  }']
      : ['  filesystem_mirror {', `    path = ${quote(providers.directory)}`, '  }'];
  return ['disable_checkpoint = true', '', 'provider_installation {', ...installation, '}', ''].join('\n');
}

/** Writes both below the output of a synthesis. */
export function writeTerraformFiles(outdir: string, stacks: readonly string[], enclave: Enclave, lock: Lock): void {
  writeFileSync(path.join(outdir, CLI_CONFIGURATION), cliConfiguration(enclave));
  const text = dependencyLock(lock);
  for (const stack of stacks) writeFileSync(path.join(outdir, 'stacks', stack, DEPENDENCY_LOCK), text);
}
