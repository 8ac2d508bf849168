/** `airlock keys`: key pairs for sealing bundles. */
import { Command } from 'commander';
import { badInput } from '../../core/errors.js';
import { writeKeyPair } from '../../offline-bundle/trust/key-files.js';
import { keyId, loadPublicKey } from '../../offline-bundle/trust/keys.js';
import { readTextFile } from '../../site/reading/read-file.js';
import { idLine, keyPairPage } from '../text/keys.js';
import { print, printJson } from '../ui/output.mjs';
import { PASSPHRASE_OPTION, passphraseFrom, typedPassphrase } from '../ui/signer-options.mjs';

interface CreateOptions {
  readonly out: string;
  readonly name: string;
  readonly passphraseFile?: string;
  readonly json: boolean;
}

async function create({ out, name, passphraseFile, json }: CreateOptions): Promise<void> {
  const passphrase = (await passphraseFrom(passphraseFile)) ?? (await typedPassphrase(name, { json, twice: true }));
  if (passphrase === undefined) {
    throw badInput(
      'PASSPHRASE_MISSING',
      'no passphrase was given',
      'set AIRLOCK_KEY_PASSPHRASE, or pass --passphrase-file',
    );
  }
  const files = await writeKeyPair(out, name, passphrase);
  if (json) printJson(files);
  else print(keyPairPage(files));
}

async function id(file: string, { json }: { readonly json: boolean }): Promise<void> {
  const found = keyId(loadPublicKey(await readTextFile(file, 'name a .pub file'), file));
  if (json) printJson({ file, keyId: found });
  else print(idLine(found));
}

export const command = (): Command =>
  new Command('keys')
    .addCommand(
      new Command('create')
        .description('make an ECDSA P-256 key pair: NAME.key (encrypted) and NAME.pub')
        .option('--out <dir>', 'folder to write into', '.')
        .requiredOption('--name <name>', 'name of the files')
        .option(...PASSPHRASE_OPTION)
        .option('--json', 'print the result as JSON', false)
        .addHelpText(
          'after',
          '\nEnvironment:\n  AIRLOCK_KEY_PASSPHRASE    the passphrase, without --passphrase-file;\n                            without both, a terminal asks for it',
        )
        .action(create),
    )
    .addCommand(
      new Command('id')
        .description('print the id of a public key, as people compare it')
        .argument('<file>', 'public key (.pub)')
        .option('--json', 'print the result as JSON', false)
        .action(id),
    );
