/** Options of every command that signs: a key file, or a command that reaches a key elsewhere. */
import type { Command } from 'commander';
import { badInput } from '../../core/errors.js';
import { encryptionFault, isEncryptedKey, loadPrivateKey } from '../../offline-bundle/trust/keys.js';
import { commandSigner, keySigner, type Signer } from '../../offline-bundle/trust/signer.js';
import { readTextFile } from '../../site/reading/read-file.js';
import { show } from '../../core/visible.js';
import { askSecrets, canAsk } from './ask-secret.mjs';
import { say } from './output.mjs';

/** What {@link addSignerOptions} adds to a command's options. */
export interface SignerOptions {
  readonly key?: string;
  readonly passphraseFile?: string;
  readonly allowUnencryptedKey: boolean;
  readonly signerCommand?: string;
  readonly publicKey?: string;
}

const ENVIRONMENT = `
Environment:
  AIRLOCK_KEY_PASSPHRASE    passphrase of the key, without --passphrase-file;
                            without both, a terminal asks for it`;

export const PASSPHRASE_OPTION: readonly [string, string] = [
  '--passphrase-file <file>',
  'file whose only line is the passphrase of the private key',
];

/** The passphrase that the user named; a final line end does not belong to it. */
export async function passphraseFrom(file: string | undefined): Promise<string | undefined> {
  if (file !== undefined) return (await readTextFile(file, 'write the passphrase into it')).replace(/\r?\n$/, '');
  const given = process.env['AIRLOCK_KEY_PASSPHRASE'];
  return given === '' ? undefined : given;
}

/**
 * The passphrase that somebody types at the terminal; undefined where nobody can, or nobody did.
 *
 * @param twice for a new key: a slip would lock it for good
 * @throws AirlockError (input) when it was not the same both times
 */
export async function typedPassphrase(
  key: string,
  {
    json,
    twice = false,
    what = 'Passphrase',
  }: { readonly json: boolean; readonly twice?: boolean; readonly what?: string },
): Promise<string | undefined> {
  if (json || !canAsk()) return undefined;
  const questions = [`${what} of ${key}: `, ...(twice ? ['The same again: '] : [])];
  const [first, second = first] = (await askSecrets(questions)) ?? [];
  if (first !== second) throw badInput('PASSPHRASE_WRONG', 'the passphrases are not the same', 'run the command again');
  return first;
}

/**
 * Adds the options and their help to a command.
 *
 * @param what the key is for
 */
export const addSignerOptions = (command: Command, what = 'private key to sign with (airlock keys create)'): Command =>
  command
    .option('--key <file>', what)
    .option(...PASSPHRASE_OPTION)
    .option('--allow-unencrypted-key', 'accept a private key that has no passphrase', false)
    .option('--signer-command <command>', 'sign by this command instead: bytes on stdin, DER signature on stdout (HSM)')
    .option('--public-key <file>', 'public key that belongs to --signer-command')
    .addHelpText('after', ENVIRONMENT);

/**
 * The signer that the options name; undefined when they name none.
 *
 * @throws AirlockError (input) for options that do not fit each other, a missing file, a wrong passphrase
 */
export async function signerFrom(options: SignerOptions & { readonly json: boolean }): Promise<Signer | undefined> {
  const { json, key, passphraseFile, allowUnencryptedKey, signerCommand, publicKey } = options;
  if (key !== undefined && signerCommand !== undefined) {
    throw badInput(
      'USAGE_CONFLICTING_OPTIONS',
      'both --key and --signer-command are given',
      'sign with one of them, then run `airlock bundle sign`',
    );
  }
  if ((signerCommand === undefined) !== (publicKey === undefined)) {
    throw badInput(
      'USAGE_MISSING_OPTION',
      '--signer-command and --public-key go together',
      'give both: the signature is checked with the key',
    );
  }
  if (signerCommand !== undefined && publicKey !== undefined) {
    return commandSigner(signerCommand, await readTextFile(publicKey, 'name a .pub file'), publicKey);
  }
  if (key === undefined) return undefined;
  const pem = await readTextFile(key, 'name a .key file that `airlock keys create` wrote');
  const given = await passphraseFrom(passphraseFile);
  const passphrase = given ?? (isEncryptedKey(pem) ? await typedPassphrase(key, { json }) : undefined);
  const signer = keySigner(loadPrivateKey(pem, passphrase, { allowUnencrypted: allowUnencryptedKey, name: key }));
  const fault = encryptionFault(pem);
  if (fault !== undefined) say(show`note: ${key}: ${fault}; mend it: airlock keys encrypt ${key}`);
  return signer;
}
