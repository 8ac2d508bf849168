/** `airlock explain`: what is decided about a platform before anything is built, and what that rests on. */
import { Argument, Command } from 'commander';
import { blueprintOf } from '../../blueprint/blueprint.js';
import { decided, explain, type Subject, SUBJECTS } from '../../blueprint/explain.js';
import { sectionsPage } from '../../blueprint/explain-text.js';
import { loadEnclave } from '../../site/load-enclave.js';
import { loadSite } from '../../site/load-site.js';
import { loadLock } from '../../site/lock/lock-file.js';
import { filesOf, located } from '../../site/reading/located.js';
import { together } from '../../site/reading/together.js';
import { print, printJson } from '../ui/output.mjs';

interface ExplainOptions {
  readonly site: string;
  readonly enclave: string;
  readonly lock: string;
  readonly json: boolean;
}

async function run(subject: Subject | undefined, name: string | undefined, options: ExplainOptions): Promise<void> {
  const { site, enclave, lock } = await together({
    site: [options.site, loadSite],
    enclave: [options.enclave, loadEnclave],
    lock: [options.lock, loadLock],
  });
  const blueprint = await located(filesOf(options), () => blueprintOf({ site, enclave, lock }));
  if (options.json) printJson(decided(blueprint, subject, name));
  else print(sectionsPage(explain(blueprint, subject, name)));
}

export const command = (): Command =>
  new Command('explain')
    .addArgument(new Argument('[kind]', 'what to explain; everything when left out').choices(SUBJECTS))
    .argument('[name]', 'one of that kind; all when left out')
    .option('--site <file>', 'the site', 'site.yaml')
    .option('--enclave <file>', 'the enclave', 'enclave.yaml')
    .option('--lock <file>', 'the lock', 'airlock.lock.json')
    .option('--json', 'print the decisions as JSON', false)
    .addHelpText(
      'after',
      '\nDecides as `airlock synth` does, and builds nothing. Exit code 1: a model does\nnot fit, or the lock is out of date; 2: the files contradict each other.',
    )
    .action(run);
