/** What Terraform needs beside a synthesized stack to work without a network: a dependency lock file, and where providers are. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TerraformDecision } from '../blueprint/terraform';

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
export function dependencyLock({ providers }: Pick<TerraformDecision, 'providers'>): string {
  const blocks = providers.map(({ source, version, hashes }) =>
    [
      `provider ${quote(source)} {`,
      `  version     = ${quote(version)}`,
      `  constraints = ${quote(version)}`,
      '  hashes = [',
      ...hashes.map((hash) => `    ${quote(hash)},`),
      '  ]',
      '}',
    ].join('\n'),
  );
  return ['# Written at synthesis from airlock.lock.json; changes are overwritten.', ...blocks].join('\n\n') + '\n';
}

/**
 * Terraform's CLI configuration: providers come from the enclave's mirror alone, and nobody is asked for news.
 *
 * @see https://developer.hashicorp.com/terraform/cli/config/config-file
 */
export function cliConfiguration({ providersFrom }: Pick<TerraformDecision, 'providersFrom'>): string {
  const installation =
    'mirror' in providersFrom
      ? ['  network_mirror {', `    url = ${quote(providersFrom.mirror)}`, '  }']
      : ['  filesystem_mirror {', `    path = ${quote(providersFrom.directory)}`, '  }'];
  return ['disable_checkpoint = true', '', 'provider_installation {', ...installation, '}', ''].join('\n');
}

/** Writes both below the output of a synthesis. */
export function writeTerraformFiles(outdir: string, stacks: readonly string[], terraform: TerraformDecision): void {
  writeFileSync(path.join(outdir, CLI_CONFIGURATION), cliConfiguration(terraform));
  const text = dependencyLock(terraform);
  for (const stack of stacks) writeFileSync(path.join(outdir, 'stacks', stack, DEPENDENCY_LOCK), text);
}
