/** `airlock gateway key`: API keys of callers, and their hashes. */
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { hashOfKey, makeCallerKey } from '../../gateway/caller-key.js';
import { callerKeyPage, idLine } from '../text/keys.js';
import { print, printJson } from '../ui/output.mjs';

interface KeyOptions {
  readonly hash: boolean;
  readonly json: boolean;
}

async function key({ hash, json }: KeyOptions): Promise<void> {
  if (hash) {
    const found = hashOfKey((await text(process.stdin)).trim());
    if (json) printJson({ hash: found });
    else print(idLine(found));
    return;
  }
  const made = makeCallerKey();
  if (json) printJson(made);
  else print(callerKeyPage(made));
}

export const command = (): Command =>
  new Command('gateway').addCommand(
    new Command('key')
      .description('make an API key, and the hash that enclave.yaml names')
      .option('--hash', 'hash the key on standard input instead', false)
      .option('--json', 'print JSON', false)
      .addHelpText(
        'after',
        '\nGive the key to the caller; it is stored nowhere. Put the hash under\n' +
          'callers.keys in enclave.yaml, synthesize, audit and deploy. To rotate: add a\n' +
          'second entry, hand out its key, remove the first.',
      )
      .action(key),
  );
