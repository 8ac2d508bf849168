/**
 * Every code that an error of the kit can have, by where it comes from.
 *
 * A code is a promise: programs act on it. It is never renamed, never used for something else, and its kind, so its exit code,
 * does not change.
 */
import { BUNDLE } from './error-codes/bundle';
import { CLUSTER } from './error-codes/cluster';
import { COMMAND_LINE } from './error-codes/command-line';
import { FAR_SIDE } from './error-codes/far-side';
import type { FailureKind } from './error-codes/facts';
import { MACHINE } from './error-codes/machine';
import { PLAN } from './error-codes/plan';
import { SERVING } from './error-codes/serving';
import { SITE } from './error-codes/site';
import { UPSTREAM } from './error-codes/upstream';

export type { ErrorCodeFacts, FailureKind } from './error-codes/facts';

/** Exit code of every command by the kind of what failed; 0 is fine. */
export const EXIT_CODES: Readonly<Record<FailureKind, number>> = { check: 1, input: 2, environment: 3, internal: 4 };

/** The groups in which people read them. */
export const ERROR_CODE_GROUPS = {
  'Command line': COMMAND_LINE,
  'Site, enclave and lock': SITE,
  'What is served': SERVING,
  'Plans and constructs': PLAN,
  Upstreams: UPSTREAM,
  'Bundles, seals and keys': BUNDLE,
  'Store, mirror and weights': FAR_SIDE,
  'Clusters and deployments': CLUSTER,
  'Files, disks and programs': MACHINE,
} as const;

export const ERROR_CODES = {
  ...COMMAND_LINE,
  ...SITE,
  ...SERVING,
  ...PLAN,
  ...UPSTREAM,
  ...BUNDLE,
  ...FAR_SIDE,
  ...CLUSTER,
  ...MACHINE,
} as const;

/** Codes of errors; docs/errors.md lists them with cause and fix. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The codes of one kind. */
export type CodeOf<K extends FailureKind> = {
  [C in ErrorCode]: (typeof ERROR_CODES)[C]['kind'] extends K ? C : never;
}[ErrorCode];
