/** Codes of the connected side: registries, the Hub and other upstreams, and how they are reached. */
import type { ErrorCodeGroup } from './facts';

export const UPSTREAM = {
  UPSTREAM_UNREACHABLE: {
    kind: 'environment',
    cause: 'A host cannot be reached, or breaks off every time.',
    fix: 'Check network, DNS and proxy, then run the command again: what is there is kept.',
  },
  UPSTREAM_UNTRUSTED: {
    kind: 'environment',
    cause: 'The certificate of a host, or its TLS, is not accepted here.',
    fix: 'Name the authority that signed it with --ca FILE, or have the certificate mended.',
  },
  UPSTREAM_BUSY: {
    kind: 'environment',
    cause: 'A server answers each attempt with "later", for a rate limit or trouble of its own.',
    fix: 'Run the command again later; finished work is kept.',
  },
  UPSTREAM_ACCESS_DENIED: {
    kind: 'environment',
    cause: 'A server refuses access: credentials are missing, wrong or not enough.',
    fix: 'Log in (`docker login HOST`, HF_TOKEN), and check the name.',
  },
  MODEL_GATED: {
    kind: 'environment',
    cause: 'The model is given only to accounts that accepted its terms.',
    fix: 'Accept its terms on the Hub, then set HF_TOKEN.',
  },
  UPSTREAM_INSECURE: {
    kind: 'environment',
    cause: 'A server leads to an address without TLS.',
    fix: 'Use an upstream that stays with https, and look for a proxy that rewrites answers.',
  },
  UPSTREAM_ANSWER_INVALID: {
    kind: 'environment',
    cause: 'A server answers something that its protocol does not know.',
    fix: 'Check the address, and that no proxy or login page is in between.',
  },
  UPSTREAM_NOT_FOUND: {
    kind: 'input',
    cause: 'The site names something that its upstream does not have.',
    fix: 'Check name, version and address in site.yaml.',
  },
  LOCKED_CONTENT_GONE: {
    kind: 'check',
    cause: 'The lock names something that its upstream does not have any more.',
    fix: 'Run `airlock lock` again and review the change.',
  },
  UPSTREAM_CONTENT_MISMATCH: {
    kind: 'check',
    cause: 'An upstream sends other content than the lock, the site or the upstream itself states.',
    fix: 'Do not use it; find out whether upstream or a proxy changed it, then lock again.',
  },
  LICENSE_UNEXPECTED: {
    kind: 'check',
    cause: 'A model declares another license than the one that was reviewed.',
    fix: 'Have it reviewed again, then change license.expect.',
  },
  MODEL_PATHS_UNSAFE: {
    kind: 'check',
    cause: 'A repository holds files whose names would lead out of their folder or hide each other.',
    fix: 'Leave them out with source.exclude, or do not use the repository.',
  },
  ARTIFACT_MALFORMED: {
    kind: 'input',
    cause: 'What the site names as image or chart is there and is none of a known form.',
    fix: 'Name another one, or tell its maker.',
  },
  IMAGE_LACKS_PLATFORM: {
    kind: 'input',
    cause: 'An image has nothing for a platform of the site.',
    fix: 'Choose another image, or other platforms.',
  },
  UPSTREAM_SETTINGS_INVALID: {
    kind: 'input',
    cause: 'An address of an upstream or proxy cannot be used.',
    fix: 'Write https://host[:port][/path]; credentials belong in HF_TOKEN or the Docker config.',
  },
  DOCKER_CONFIG_INVALID: {
    kind: 'input',
    cause: 'The configuration of Docker, where credentials come from, is broken.',
    fix: 'Mend it, or set DOCKER_CONFIG to another folder.',
  },
  CREDENTIAL_HELPER_FAILED: {
    kind: 'environment',
    cause: 'The program that keeps credentials for Docker is not there or failed.',
    fix: 'Run it by hand, or log in again.',
  },
} as const satisfies ErrorCodeGroup;
