/** Blocks that are neither run nor held to a shape, each with the reason: pictures, and what another test holds. */
import type { Block } from './page';

export interface Listed {
  readonly page: string;
  /** How its first line begins. */
  readonly starts: string;
  readonly reason: string;
}

const PICTURE = 'a picture of how parts hang together';
const TREE = 'names of files, in words';

export const LISTED: readonly Listed[] = [
  { page: 'README.md', starts: 'site.yaml ──lock──▶', reason: PICTURE },
  { page: 'docs/contracts.md', starts: '<bundle>/', reason: TREE },
  { page: 'docs/contracts.md', starts: '<store>/', reason: TREE },
  { page: 'docs/errors.md', starts: 'error[LOCK_OUT_OF_DATE]', reason: 'generated, with the rest of the page' },
  { page: 'docs/errors.md', starts: '{ "error"', reason: 'generated, with the rest of the page' },
  {
    page: 'docs/far-side.md',
    starts: 'LC_ALL=C',
    reason: '`npm run test:far-side` takes it from the page and runs it where there is no Node',
  },
  {
    page: 'docs/far-side.md',
    starts: 'grep "',
    reason: 'test/tools/build-far-side.slow.test.ts takes it from the page and reads a chunk by it',
  },
  { page: 'docs/fit.md', starts: 'weights  =', reason: 'a formula; test/engines/fit computes it' },
  {
    page: 'docs/mirror.md',
    starts: '# /etc/containerd',
    reason: 'a file of containerd; `npm run test:integration` pulls by one of this form',
  },
  {
    page: 'docs/mirror.md',
    starts: '# ~/.terraformrc',
    reason: 'a file of Terraform; `npm run test:integration` installs providers by one of this form',
  },
  {
    page: 'docs/trust.md',
    starts: 'before=null',
    reason: 'test/offline-bundle/history/by-hand.test.ts takes it from the page and runs it over a history',
  },
  {
    page: 'docs/trust.md',
    starts: 'record=history/',
    reason: 'test/offline-bundle/history/by-hand.test.ts takes it from the page and runs it over a history',
  },
  { page: 'docs/traces.md', starts: 'gateway ──OTLP──▶', reason: PICTURE },
  { page: 'docs/reference/commands.md', starts: '', reason: 'what `--help` says after the options, generated' },
];

export const listedFor = ({ page, code }: Block): Listed | undefined =>
  LISTED.find((one) => one.page === page && code.startsWith(one.starts));
