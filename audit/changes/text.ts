/** Changes as people read them. */
import type { Page } from '../../core/page';
import { show } from '../../core/visible';
import { type Change, CHANGE_KINDS, type ChangeKind } from './change';

/** What a section is about, as its title. */
export const KIND_TITLES: Readonly<Record<ChangeKind, string>> = {
  state: 'State at risk',
  flow: 'Flows',
  rights: 'Rights',
  image: 'Images',
  weights: 'Weights',
  program: 'What programs are told',
  configuration: 'Configurations',
  waiver: 'Waivers',
  other: 'Everything else',
};

/** What became of it, in one word. */
export function actionOf({ kind, before, after }: Change): string {
  if (before !== undefined && after !== undefined) return 'changed';
  if (kind === 'flow') return after === undefined ? 'closed' : 'opened';
  if (kind === 'rights') return after === undefined ? 'taken' : 'given';
  return after === undefined ? 'removed' : 'added';
}

const changeLines = (change: Change): Page => {
  const { subject, what, before, after } = change;
  return [
    show`  ${actionOf(change)} ${subject}: ${what}`,
    ...(before === undefined ? [] : [show`    before: ${before}`]),
    ...(after === undefined ? [] : [show`    after:  ${after}`]),
  ];
};

/**
 * All changes by kind, or that there are none.
 *
 * @param against the earlier plan, as whoever asked named it
 */
export function changesPage(changes: readonly Change[], against: string): Page {
  if (changes.length === 0) return [show`no change since ${against}`];
  return [
    show`${changes.length} ${changes.length === 1 ? 'change' : 'changes'} since ${against}`,
    ...CHANGE_KINDS.flatMap((kind): Page[] => {
      const own = changes.filter((change) => change.kind === kind);
      return own.length === 0 ? [] : [show``, show`${KIND_TITLES[kind]}: ${own.length}`, ...own.map(changeLines)];
    }),
  ];
}
