/** `airlock keys`: key pairs for sealing bundles. */
import { Command } from 'commander';
import { badInput } from '../../core/errors.js';
import { encryptKeyFile, writeKeyPair } from '../../offline-bundle/trust/key-files.js';
import { isEncryptedKey, keyId, loadPublicKey } from '../../offline-bundle/trust/keys.js';
import { readTextFile } from '../../site/reading/read-file.js';
import { encryptedKeyPage, idLine, keyPairPage } from '../text/keys.js';
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

interface EncryptOptions {
  readonly passphraseFile?: string;
  readonly newPassphraseFile?: string;
  readonly json: boolean;
}

async function encrypt(file: string, { passphraseFile, newPassphraseFile, json }: EncryptOptions): Promise<void> {
  const encrypted = isEncryptedKey(await readTextFile(file, 'name a .key file that `airlock keys create` wrote'));
  const given = await passphraseFrom(passphraseFile);
  const old = given ?? (encrypted ? await typedPassphrase(file, { json }) : undefined);
  const next =
    newPassphraseFile === undefined
      ? await typedPassphrase(file, { json, twice: true, what: 'New passphrase' })
      : await passphraseFrom(newPassphraseFile);
  if (next === undefined)
    throw badInput('PASSPHRASE_MISSING', 'no new passphrase was given', 'pass --new-passphrase-file');
  const done = await encryptKeyFile(file, old, next);
  if (json) printJson(done);
  else print(encryptedKeyPage(done));
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
      new Command('encrypt')
        .description('encrypt a private key anew: another passphrase, the key derivation of today')
        .argument('<file>', 'private key (.key); replaced')
        .option(...PASSPHRASE_OPTION)
        .option('--new-passphrase-file <file>', 'file whose only line is the passphrase from now on')
        .option('--json', 'print the result as JSON', false)
        .addHelpText(
          'after',
          '\nEnvironment:\n  AIRLOCK_KEY_PASSPHRASE    the passphrase until now, without --passphrase-file;\n                            without both, a terminal asks for both',
        )
        .action(encrypt),
    )
    .addCommand(
      new Command('id')
        .description('print the id of a public key, as people compare it')
        .argument('<file>', 'public key (.pub)')
        .option('--json', 'print the result as JSON', false)
        .action(id),
    );
