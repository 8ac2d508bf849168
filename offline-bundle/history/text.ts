/** The history of a store as people read it. */
import { type Page, table } from '../../core/page';
import { type Line, show } from '../../core/visible';
import type { FoundRecord, History } from './history';
import type { Overrule } from './record';

const overruleText = ({ what, reason }: Overrule): string => (reason === undefined ? what : `${what} (${reason})`);

function outcome({ act, verdict, reasons, overruled }: FoundRecord): string {
  if (act === 'remove') return 'removed';
  const said = act === 'import' ? verdict : verdict === 'taken' ? 'verified' : 'verified, refused';
  const why = reasons.length === 0 ? '' : `: ${reasons.join(', ')}`;
  return overruled.length === 0
    ? `${said}${why}`
    : `${said}${why}; overruled: ${overruled.map(overruleText).join(', ')}`;
}

const terms = ({ act, terms: by }: FoundRecord): string =>
  act === 'remove'
    ? '–'
    : 'policy' in by
      ? `policy ${by.policy.slice(0, 19)}`
      : `${by.threshold} of ${by.trusted.length} keys`;

const signed = ({ signer, signature }: FoundRecord): string =>
  signer === null ? 'no' : `${signer}, ${signature === 'none' ? 'WRONG' : signature}`;

function closing({ records, head, problems }: History): Line[] {
  const [first] = problems;
  if (first !== undefined)
    return [show`BROKEN at history/${first.file}: ${first.problem}; ${problems.length} problem(s) in all`];
  if (head === undefined) return [show`no record: nothing was imported since stores keep a history`];
  const unchecked = records.filter(({ signature }) => signature === 'unchecked').length;
  return [
    show`whole: ${records.length} records, each follows the one before; the last is ${head}`,
    ...(unchecked === 0
      ? []
      : [show`note: signatures of ${unchecked} records are not checked: give their keys with --trust`]),
  ];
}

/** @returns one line for each record, then what is wrong, then whether it is whole */
export const historyPage = (history: History): Page => [
  ...(history.records.length === 0
    ? []
    : [
        table(
          ['record', 'time', 'bundle', 'verdict', 'by', 'signed'],
          history.records.map((record) => [
            String(record.number),
            record.time,
            `${record.site ?? '?'} ${record.sequence === undefined ? '' : `#${record.sequence} `}${record.root.slice(0, 19)}`,
            outcome(record),
            terms(record),
            signed(record),
          ]),
        ),
      ]),
  ...history.problems.map(({ file, problem }) => show`problem: history/${file} ${problem}`),
  ...closing(history),
];
