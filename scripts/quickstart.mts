/**
 * `npm run quickstart`: the main job on this machine alone, with the real commands. A small outside world on loopback
 * stands in for the internet and is switched off before the far side begins.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import type { Page } from '../core/page.js';
import { lines, linesOf, show } from '../core/visible.js';
import { makeFolders } from '../core/make-folders.js';
import { loadLock } from '../site/lock/lock-file.js';
import { crossTheGap, damage } from './quickstart/far-side.mjs';
import { nearSide } from './quickstart/near-side.mjs';
import { placesIn } from './quickstart/places.mjs';
import { synthesizeAndAudit } from './quickstart/plan.mjs';
import { Steps } from './quickstart/steps.mjs';
import { print, say } from './ui/output.mjs';

const COMMANDS = `  npx airlock init --dir my-site --name my-site    # both files, commented
  cd my-site                                       # edit them: models, addresses
  (umask 077 && openssl rand -hex 16 >passphrase)  # keep it apart from the key
  npx airlock keys create --out keys --name me --passphrase-file passphrase
  npx airlock lock                                 # HF_TOKEN, --ca as you need
  npx airlock bundle create --key keys/me.key --passphrase-file passphrase
  npx airlock synth
  npx airlock audit`;

const NEXT: Page = [
  show``,
  show`What to do next with a real site, pasted here:`,
  { verbatim: lines(linesOf(COMMANDS)) },
  show`docs/quickstart.md explains each, and the far side with TLS: carry airlock.mjs and me.pub by another path than the bundle.`,
];

async function quickstart({ dir, keep }: { readonly dir?: string; readonly keep: boolean }): Promise<void> {
  const abort = new AbortController();
  const interrupt = (): void => abort.abort(new Error('interrupted'));
  // Not `once`: tsx ends the process on the spot when no listener is left.
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  if (dir !== undefined) await makeFolders(dir);
  const scratch = await mkdtemp(path.resolve(dir ?? tmpdir(), 'airlock-quickstart-'));
  const places = placesIn(scratch);
  const steps = new Steps(abort.signal);
  print(show`Scratch folder: ${scratch}`);
  try {
    await nearSide(steps, places);
    const lock = await loadLock(path.join(places.near, 'airlock.lock.json'));
    await crossTheGap(steps, places, lock, abort.signal);
    await synthesizeAndAudit(steps, places);
    await damage(steps, places, lock);
    print([show``, steps.summary(), NEXT]);
  } catch (error) {
    print([show``, steps.summary()]);
    const cause: unknown = abort.signal.aborted ? abort.signal.reason : error;
    // Of a step that failed, with all that it said.
    const [first, ...more] = linesOf(cause instanceof Error ? cause.message : String(cause));
    say([show`error: ${first ?? ''}`, ...more.map((line) => show`  ${line}`)]);
    process.exitCode = 1;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    if (keep) print([show``, show`Kept: ${scratch}`]);
    else await rm(scratch, { recursive: true, force: true });
  }
}

await new Command('quickstart')
  .description('the whole journey on this machine alone')
  .option('--dir <dir>', 'parent of the scratch folder; the system’s temporary folder by default')
  .option('--keep', 'keep the scratch folder', false)
  .action(quickstart)
  .parseAsync();
