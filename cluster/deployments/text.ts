/** Kept deployments and the way back, as people read it. */
import { type Page, table } from '../../core/page';
import { show } from '../../core/visible';
import { isIrregular, type KeptResult, type KeptResults } from '../deploy/result';
import type { RetiredStack } from './retired-stack';
import type { Rollback } from './rollback';

const remarks = ({ emergency, whole, verified }: KeptResult): string =>
  [emergency ? 'EMERGENCY' : '', whole ? '' : 'not whole', verified === false ? 'NOT SIGNED' : '']
    .filter((remark) => remark !== '')
    .join(', ');

/** Results of `airlock deploy`; nothing where there are none. */
export function resultsPage(kept: KeptResults): Page {
  const { results, broken } = kept;
  if (results.length === 0) return [];
  const isVerified = results.every(({ verified }) => verified !== undefined);
  const isEmergency = isIrregular({ results, broken: [] });
  return [
    table(
      ['result', 'deployed at', 'approved by', ''],
      results.map((one) => [one.number, one.deployedAt, one.approvedBy.join(', '), remarks(one)]),
    ),
    ...(isVerified ? [] : [show`note: nobody verified who signed these: --trust <public key of a deployer>`]),
    ...broken.map((one) => show`IRREGULAR: ${one}`),
    ...(isEmergency
      ? [
          show`IRREGULAR: an emergency was deployed, and nothing that was approved after it: have the plan approved, and deploy it`,
        ]
      : []),
  ];
}

/**
 * @param kept digest of what was kept just now; undefined where only a list was wanted
 * @param deployed digests of all that was deployed, the last one last
 */
export function deployedPage(archive: string, deployed: readonly string[], kept?: string): Page {
  if (kept !== undefined) return show`kept ${kept} in ${archive}, deployment ${deployed.length}`;
  if (deployed.length === 0) return show`nothing is kept in ${archive}`;
  return deployed.map((digest, at) => show`${String(at + 1).padStart(4)} ${digest}`);
}

/** @param asked whether registries were asked for what the older plan names */
export const rollbackPage = ({ from, to, found, stacks, applied }: Rollback, asked: boolean): Page => [
  show`from ${from}`,
  show`to   ${to}`,
  asked ? show`${found} images and contents are there` : show`note: nobody asked whether images and weights are there`,
  table(
    ['stack', 'add', 'change', 'destroy'],
    stacks.map(({ stack, add, change, destroy }) => [stack, add, change, destroy]),
  ),
  applied
    ? show`done: check with \`airlock status\` and \`airlock drift\``
    : show`nothing was changed: --apply does it`,
];

/** The configuration of a stack that is to be destroyed. */
export const retiredPage = ({ folder, unguarded }: RetiredStack): Page => [
  show`wrote ${folder}; nothing is destroyed yet`,
  ...unguarded.map((address) => show`  no longer guarded: ${address}`),
];
