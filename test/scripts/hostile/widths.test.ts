/** Every command with a table, on terminals of three widths: what the screen shows is what was laid out, row by row. */
import type { Block, Page } from '../../../core/page';
import { laidOut } from '../../../scripts/ui/layout';
import { RUNS } from './runs';
import { screenOf } from './screen';

const WIDTHS = [80, 100, 120];

const isList = (page: Page): page is readonly Page[] => Array.isArray(page);
const blocksOf = (page: Page): readonly Block[] => (isList(page) ? page.flatMap(blocksOf) : [page]);
const hasTable = (page: Page): boolean => blocksOf(page).some((block) => typeof block === 'object' && 'head' in block);

const pages = Object.entries(RUNS).map(
  ([name, runs]) => [name, runs.map(({ sample, page }) => (page as (from: unknown) => Page)(sample))] as const,
);

it('eleven commands and more have tables', () => {
  expect(pages.filter(([, own]) => own.some(hasTable)).length).toBeGreaterThanOrEqual(11);
});

describe.each(pages)('airlock %s', (_, own) => {
  it.each(WIDTHS)('breaks no row on a terminal of %d columns', async (columns) => {
    for (const page of own) {
      const text = laidOut(page, columns);
      const rows = await screenOf(text, columns);
      const broken = rows.filter(({ isBroken }) => isBroken).map((row) => row.text);
      // A word of a command is never taken apart: it could not be pasted.
      const words = blocksOf(page).flatMap((block) =>
        typeof block === 'object' && 'command' in block ? block.command.split(' ') : [],
      );
      expect(broken.filter((part) => !words.some((word) => word.endsWith(part)))).toEqual([]);
      if (broken.length === 0)
        expect(rows.map((row) => row.text.trimEnd())).toEqual(text.split('\n').map((line) => line.trimEnd()));
    }
  });

  it('gives a pipe every row whole', () => {
    for (const page of own)
      for (const block of blocksOf(page))
        if (typeof block === 'object' && 'head' in block) {
          const height = block.rows.reduce((sum, row) => sum + Math.max(1, ...row.map((cell) => cell.length)), 0);
          // Three rules and the head.
          expect(laidOut(block).split('\n')).toHaveLength(height + 4);
        }
  });
});
