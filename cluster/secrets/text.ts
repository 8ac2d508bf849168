/** Secrets that a plan names, as people read it. No value is ever among them. */
import { type Page, table } from '../../core/page';
import { type Line, show } from '../../core/visible';
import type { NeededSecret } from './needed';

/** A Secret with what is known of it in the cluster. */
export interface ShownSecret extends NeededSecret {
  readonly state: string;
}

/** @param missing how many of them are missing or incomplete */
export function secretsPage(secrets: readonly ShownSecret[], missing: number): Page {
  if (secrets.length === 0) return show`the plan needs no Secret`;
  return [
    table(
      ['secret', 'type', 'keys', 'used by', 'state'],
      secrets.map(({ namespace, name, type, keys, usedBy, state }) => [
        `${namespace}/${name}`,
        type,
        keys,
        usedBy,
        state,
      ]),
    ),
    ...(missing > 0 ? [show`${missing} of ${secrets.length} are missing or incomplete`] : []),
  ];
}

/** @param done what was done with it, e.g. `created` */
export const createdLine = (done: string, secret: string, keys: readonly string[]): Line =>
  show`${done} Secret ${secret}: ${keys.join(', ')}`;
