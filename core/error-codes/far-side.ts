/** Codes of the far side: store, mirror, weights beside an engine. */
import type { ErrorCodeGroup } from './facts';

export const FAR_SIDE = {
  STORE_MISSING: {
    kind: 'input',
    cause: 'A folder is no store.',
    fix: 'Name the folder that `airlock import --store` wrote.',
  },
  STORE_LOCKED: {
    kind: 'environment',
    cause: 'Another command writes to the store.',
    fix: 'Wait for it to end, then run this again.',
  },
  STORE_FORMAT_UNKNOWN: {
    kind: 'input',
    cause: 'The store has a format that this Airlock does not know.',
    fix: 'Use the Airlock that wrote it, or a later one.',
  },
  STORE_RECORD_INVALID: {
    kind: 'input',
    cause: 'The record of a bundle in the store is broken.',
    fix: 'Remove it, and import the bundle again.',
  },
  STORE_DAMAGED: {
    kind: 'check',
    cause: 'Content of the store is missing or is not what was verified.',
    fix: 'Import the bundle again, which brings it back.',
  },
  COMMIT_HAS_OTHER_BYTES: {
    kind: 'check',
    cause: 'Two roots of a store disagree about the bytes that a commit of a model repository names.',
    fix: 'Find out which of the two is right, and remove the other from the store.',
  },
  MIRROR_CANNOT_LISTEN: {
    kind: 'environment',
    cause: 'An address to listen on is taken by another program, or is none of this machine.',
    fix: 'Name another one with --listen.',
  },
  MIRROR_LACKS_CONTENT: {
    kind: 'environment',
    cause: 'The mirror does not serve what is asked for.',
    fix: 'Import the bundle that holds it, or roll out the plan of the imported bundle.',
  },
  REGISTRY_REFUSES: {
    kind: 'environment',
    cause: 'A registry does not take what is pushed to it.',
    fix: 'See what it says: rights, quota, tags that may not change, forms of images that it does not know.',
  },
  REGISTRY_DIFFERS: {
    kind: 'check',
    cause: 'A registry has something else under a digest than what was pushed.',
    fix: 'Look into the registry and what stands before it; do not pull from it.',
  },
  TLS_FILE_INVALID: {
    kind: 'input',
    cause: 'A file of certificates or their key cannot be used.',
    fix: 'Name readable PEM files: certificates, and the key that belongs to them.',
  },
  WEIGHTS_DIFFER: {
    kind: 'check',
    cause: 'A folder of weights does not hold exactly what it should.',
    fix: 'Find out who changed the folder, then remove it and fetch it again.',
  },
  MODEL_SIGNATURE_WRONG: {
    kind: 'check',
    cause: 'A signature of a model does not hold for the files that were locked.',
    fix: 'Ask whoever signed the model for the signature of this revision, and for the key by another path.',
  },
} as const satisfies ErrorCodeGroup;
