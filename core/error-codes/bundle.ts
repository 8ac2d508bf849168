/** Codes of bundles, their seals and keys, and of the store and mirror on the far side. */
import type { ErrorCodeGroup } from './facts';

export const BUNDLE = {
  BUNDLE_MISSING: {
    kind: 'input',
    cause: 'A folder is not there or is no bundle.',
    fix: 'Name the folder that holds index.json and blobs/.',
  },
  BUNDLE_UNFINISHED: {
    kind: 'input',
    cause: 'The bundle was begun and is not finished.',
    fix: 'Run `airlock bundle create` again to finish it.',
  },
  BUNDLE_LOCKED: {
    kind: 'environment',
    cause: 'Another run works on this bundle.',
    fix: 'Wait for it to end.',
  },
  BUNDLE_DAMAGED: {
    kind: 'check',
    cause: 'A file of the bundle is missing, damaged or not from this bundle.',
    fix: 'Copy the bundle again from where it was sealed.',
  },
  BUNDLE_INCONSISTENT: {
    kind: 'check',
    cause: 'The index of the bundle is not what the lock inside of it makes.',
    fix: 'Do not use the bundle; create it again from its site and lock.',
  },
  MANIFEST_INVALID: {
    kind: 'check',
    cause: 'A manifest or index of content is malformed or contradicts itself.',
    fix: 'Fetch the artifact again from its source.',
  },
  CONTENT_DAMAGED: {
    kind: 'check',
    cause: 'A file is not the bytes that its digest names.',
    fix: 'Copy or fetch it again from where it came.',
  },
  CONTENT_MISSING: {
    kind: 'check',
    cause: 'A file that the index or lock names is not there.',
    fix: 'Copy or fetch it again from where it came.',
  },
  SEAL_UNTRUSTED: {
    kind: 'check',
    cause: 'A seal has no signature that a given key verifies.',
    fix: 'Remove the file and let its signer seal the bundle again.',
  },
  SEAL_MALFORMED: {
    kind: 'check',
    cause: 'A seal is not in its one form.',
    fix: 'Copy the bundle again from where it was sealed.',
  },
  SEALS_DISAGREE: {
    kind: 'check',
    cause: 'The seals of a bundle do not all say the same, or say something else than the bundle.',
    fix: 'Remove the wrong one, and have it sealed again.',
  },
  SEAL_CHOICES_INVALID: {
    kind: 'input',
    cause:
      'What the seal is to say (site, time, sequence, bundle before) is missing, malformed or differs from earlier seals.',
    fix: 'Give the options that the message names, or the public key of an earlier signer with --trust.',
  },
  TRUSTED_KEY_MISSING: {
    kind: 'input',
    cause: 'No key was given under which the bundle could be verified.',
    fix: 'Name the public key of each signer with --trust.',
  },
  TRUST_FILE_INVALID: {
    kind: 'input',
    cause: 'The trust policy is not what its schema and its checks allow.',
    fix: 'Mend each fault at the line and column that it names.',
  },
  THRESHOLD_INVALID: {
    kind: 'input',
    cause: 'It is not said how many of the trusted keys must have sealed, or it cannot be met.',
    fix: 'Give --threshold, from 1 to the number of distinct keys.',
  },
  LEDGER_INVALID: {
    kind: 'input',
    cause: 'The ledger of what was sealed is not what this program wrote.',
    fix: 'Bring back a copy; or move it away, and say --sequence and --previous.',
  },
  POLICY_KEY_UNNAMED: {
    kind: 'check',
    cause: 'The trust policy does not let the key sign for its next version, so its signature would count for nothing.',
    fix: 'Sign with a key that it gives the role policy, within its days.',
  },
  KEY_INVALID: {
    kind: 'input',
    cause: 'A file is no key of the kind that is needed, or is damaged.',
    fix: 'Make one with `airlock keys create`, or name another file.',
  },
  KEY_UNENCRYPTED: {
    kind: 'input',
    cause: 'A private key lies unencrypted on the disk.',
    fix: 'Encrypt it with `airlock keys encrypt`, or allow it with --allow-unencrypted-key.',
  },
  PASSPHRASE_MISSING: {
    kind: 'input',
    cause: 'A key is to be encrypted or decrypted and no passphrase was given.',
    fix: 'Set AIRLOCK_KEY_PASSPHRASE, or pass --passphrase-file.',
  },
  PASSPHRASE_TOO_SHORT: {
    kind: 'input',
    cause: 'A passphrase is short enough to be guessed.',
    fix: 'Use a longer one; it protects every bundle that the key signs.',
  },
  PASSPHRASE_COMMON: {
    kind: 'input',
    cause: 'A passphrase is made of what is tried first.',
    fix: 'Use words drawn by chance, or the output of `openssl rand -hex 16`.',
  },
  PASSPHRASE_WRONG: {
    kind: 'input',
    cause: 'A key cannot be decrypted with the passphrase given, or is damaged; of a new key, what was typed differs.',
    fix: 'Give the passphrase that the key was made with.',
  },
  SIGNER_FAILED: {
    kind: 'environment',
    cause: 'The external signer command failed.',
    fix: 'Run it by hand with any file on standard input.',
  },
  SIGNER_KEY_MISMATCH: {
    kind: 'input',
    cause: 'The external signer command signs with another key than --public-key.',
    fix: 'Name the public key of the key that it signs with.',
  },
} as const satisfies ErrorCodeGroup;
