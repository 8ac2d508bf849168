/** `airlock synth`: site, enclave and lock become Terraform stacks. */
import { Command, Option } from 'commander';
import { blueprintOf } from '../../blueprint/blueprint.js';
import { warningLines } from '../text/synth.js';
import { say } from '../ui/output.mjs';
import { loadEnclave } from '../../site/load-enclave.js';
import { loadSite } from '../../site/load-site.js';
import { loadLock } from '../../site/lock/lock-file.js';
import { filesOf, located } from '../../site/reading/located.js';
import { together } from '../../site/reading/together.js';
import { synthesize } from '../../stacks/app.js';

interface SynthOptions {
  readonly site: string;
  readonly enclave: string;
  readonly lock: string;
  readonly out: string;
  readonly state?: string;
  readonly allowDestroy?: string;
}

async function synth({ out, state, allowDestroy, ...files }: SynthOptions): Promise<void> {
  const inputs = await together({
    site: [files.site, loadSite],
    enclave: [files.enclave, loadEnclave],
    lock: [files.lock, loadLock],
  });
  const warnings = synthesize({
    blueprint: await located(filesOf(files), () => blueprintOf(inputs)),
    outdir: out,
    // An empty variable is one that is not set: the state would lie inside of the plan.
    ...(state === undefined || state === '' ? {} : { stateDirectory: state }),
    ...(allowDestroy === undefined ? {} : { allowDestroy }),
  });
  if (warnings.length > 0) say(warningLines(warnings));
}

const option = (flags: string, what: string, variable: string): Option => new Option(flags, what).env(variable);

export const command = (): Command =>
  new Command('synth')
    .addOption(option('--site <file>', 'the site', 'AIRLOCK_SITE').default('site.yaml'))
    .addOption(option('--enclave <file>', 'the enclave', 'AIRLOCK_ENCLAVE').default('enclave.yaml'))
    .addOption(option('--lock <file>', 'the lock', 'AIRLOCK_LOCK').default('airlock.lock.json'))
    .addOption(option('--out <folder>', 'where the stacks are written', 'CDKTF_OUTDIR').default('cdktf.out'))
    .addOption(option('--state <folder>', "state files, seen from a stack's folder", 'AIRLOCK_STATE'))
    .addOption(option('--allow-destroy <site>', 'let Terraform destroy what holds state', 'AIRLOCK_ALLOW_DESTROY'))
    .addHelpText(
      'after',
      '\nReads no network; prints warnings alone. `npx cdktf synth` in the checkout\nwrites the same bytes. Next: airlock audit cdktf.out',
    )
    .action(synth);
