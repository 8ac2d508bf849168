/** Codes of the files that people write (site, enclave, waivers), of the lock, and of the values inside them. */
import type { ErrorCodeGroup } from './facts';

export const SITE = {
  SITE_FILE_INVALID: {
    kind: 'input',
    cause: 'site.yaml is not what its schema and its checks allow.',
    fix: 'Mend each fault at the line and column that it names.',
  },
  ENCLAVE_FILE_INVALID: {
    kind: 'input',
    cause: 'enclave.yaml is not what its schema and its checks allow.',
    fix: 'Mend each fault at the line and column that it names.',
  },
  WAIVER_FILE_INVALID: {
    kind: 'input',
    cause: 'The file of waivers has a fault, or waives what cannot be waived.',
    fix: 'Mend each fault at the line and column that it names.',
  },
  FILES_INVALID: {
    kind: 'input',
    cause: 'Several of the files that were named are missing, cannot be read, or have faults.',
    fix: 'Mend each of the faults; each names its file.',
  },
  SITE_MISMATCH: {
    kind: 'input',
    cause: 'The files given belong to different sites.',
    fix: 'Pass site, enclave and lock of one site.',
  },
  SITE_LACKS_NAME: {
    kind: 'input',
    cause: 'Something refers to a pool, serving, workflow or section that the site does not have.',
    fix: 'Add it to site.yaml, or correct the name.',
  },
  SITE_NAME_TAKEN: {
    kind: 'input',
    cause: 'One name in the site stands for two things.',
    fix: 'Rename one of them.',
  },
  SITE_ENCLAVE_CONFLICT: {
    kind: 'input',
    cause: 'Site and enclave say things that exclude each other.',
    fix: 'Change one of the two places that the message names.',
  },
  SITE_CONTRADICTS_ITSELF: {
    kind: 'input',
    cause: 'Several decisions that site, enclave and lock ask for exclude each other.',
    fix: 'Mend each of the faults; each has a code of its own.',
  },
  ENCLAVE_INCOMPLETE: {
    kind: 'input',
    cause: 'The enclave does not say something that the site needs.',
    fix: 'Add to enclave.yaml what the message names.',
  },
  DESTINATION_UNDECLARED: {
    kind: 'input',
    cause: 'A destination outside of the cluster is needed that the enclave does not declare, or declares otherwise.',
    fix: 'Declare it under network.destinations in enclave.yaml.',
  },
  LOCK_FILE_INVALID: {
    kind: 'input',
    cause: 'The lock is no lock, or contradicts itself.',
    fix: 'Write it afresh with `airlock lock`.',
  },
  LOCK_LACKS_ENTRY: {
    kind: 'input',
    cause: 'The lock does not hold something that the site needs.',
    fix: 'Run `airlock lock` for this site and review the change.',
  },
  LOCK_OUT_OF_DATE: {
    kind: 'check',
    cause: 'Site and lock disagree: the site was changed after it was locked.',
    fix: 'Run `airlock lock` and review the change.',
  },
  LOCK_IS_EXAMPLE: {
    kind: 'input',
    cause: 'The digests of the lock are made up, for trying Airlock out.',
    fix: 'Resolve the site with `airlock lock`.',
  },
  KIT_DIFFERS_FROM_LOCK: {
    kind: 'check',
    cause: 'This Airlock makes another program or kit image than the lock names.',
    fix: 'Use the Airlock that wrote the lock, or run `airlock lock` with this one.',
  },
  VERSION_UNSUPPORTED: {
    kind: 'input',
    cause: 'A version is too old, too new or not known for what is wanted of it.',
    fix: 'Write a version that the message names.',
  },
  ADDRESS_INVALID: {
    kind: 'input',
    cause: 'A text is not an IP address or address range.',
    fix: 'Write e.g. 10.20.0.1, or 10.20.0.0/16 for a range.',
  },
  DIGEST_INVALID: {
    kind: 'input',
    cause: 'A text is not a SHA-256 digest.',
    fix: 'Write sha256: followed by 64 lower-case hexadecimal digits.',
  },
  IMAGE_REFERENCE_INVALID: {
    kind: 'input',
    cause: 'A text is not a reference of an image, or names no digest where one is needed.',
    fix: 'Write <registry>/<repository>@sha256:…, or with a tag where the site allows one.',
  },
  SOURCE_INVALID: {
    kind: 'input',
    cause: 'The source of a model or provider is not written in its form.',
    fix: 'Write owner/name and a full commit for a model, host/namespace/type for a provider.',
  },
  QUANTITY_INVALID: {
    kind: 'input',
    cause: 'A text is not a quantity of Kubernetes.',
    fix: 'Write e.g. 500m, 2 or 16Gi.',
  },
  VALUE_NOT_JSON: {
    kind: 'input',
    cause: 'A value cannot be written as JSON exactly, such as undefined, NaN or an infinity.',
    fix: 'Pass plain JSON data.',
  },
} as const satisfies ErrorCodeGroup;
