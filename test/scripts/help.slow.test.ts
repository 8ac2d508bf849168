import { GROUPS } from '../../scripts/ui/grammar';
import { ASKED, helpPages } from './support/help-pages';

/** Columns of a terminal that nobody has made wider. */
const COLUMNS = 80;

const pages = helpPages(COLUMNS);

it('there is a page of help for every command', () => {
  expect(pages.map(({ command }) => command)).toEqual(ASKED.map((words) => words.join(' ')));
  for (const { lines } of pages) expect(lines[0]).toContain('Usage: airlock');
});

it(`no line of help is wider than ${COLUMNS} columns`, () => {
  const wide = pages.flatMap(({ command, lines }) =>
    lines.filter((line) => line.length > COLUMNS).map((line) => `${command}: ${line}`),
  );
  expect(wide).toEqual([]);
});

it('lists the commands in groups: who types them, and where', () => {
  const headings = pages[0]?.lines.filter((line) => /^\S.*:$/.test(line));
  expect(headings).toEqual(['Options:', ...GROUPS.map((group) => `${group}:`)]);
});
