/** The CDKTF app: `npx cdktf synth`, or `npm run synth` without any Terraform; `npm run synth -- --help` says more. */
import { Command, CommanderError, Option } from 'commander';
import { AirlockError, EXIT_CODES } from './core/errors';
import { loadEnclave } from './site/load-enclave';
import { loadSite } from './site/load-site';
import { loadLock } from './site/lock/lock-file';
import { synthesize } from './stacks/app';

interface Options {
  readonly site: string;
  readonly enclave: string;
  readonly lock: string;
  readonly out: string;
  readonly state?: string;
  readonly allowDestroy?: string;
}

async function synth({ site, enclave, lock, out, state, allowDestroy }: Options): Promise<void> {
  const warnings = synthesize({
    site: await loadSite(site),
    enclave: await loadEnclave(enclave),
    lock: await loadLock(lock),
    outdir: out,
    ...(state === undefined ? {} : { stateDirectory: state }),
    ...(allowDestroy === undefined ? {} : { allowDestroy }),
  });
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
}

const option = (flags: string, what: string, variable: string): Option => new Option(flags, what).env(variable);

// cdktf passes no arguments, so each option can be said by a variable too.
const program = new Command('synth')
  .description('Writes the Terraform stacks of a site. Reads no network; prints nothing when all is well.')
  .addOption(option('--site <file>', 'the site', 'AIRLOCK_SITE').default('site.yaml'))
  .addOption(option('--enclave <file>', 'the enclave', 'AIRLOCK_ENCLAVE').default('enclave.yaml'))
  .addOption(option('--lock <file>', 'the lock', 'AIRLOCK_LOCK').default('airlock.lock.json'))
  .addOption(option('--out <folder>', 'where the stacks are written', 'CDKTF_OUTDIR').default('cdktf.out'))
  .addOption(option('--state <folder>', "state files, seen from a stack's folder", 'AIRLOCK_STATE'))
  .addOption(option('--allow-destroy <site>', 'let Terraform destroy what holds state', 'AIRLOCK_ALLOW_DESTROY'))
  .addHelpText('after', '\nNext: airlock audit cdktf.out')
  .exitOverride()
  .action(synth);

program.parseAsync().catch(async (error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_CODES.input;
    return;
  }
  const { printError } = await import('./scripts/ui/output.mjs');
  printError(error, { json: false, verbose: process.env['AIRLOCK_VERBOSE'] === '1' });
  process.exitCode = error instanceof AirlockError ? error.exitCode : EXIT_CODES.environment;
});
