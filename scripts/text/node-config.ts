/** Files that make nodes register, as people read about them. */
import { type Page, table } from '../../core/page';
import { show } from '../../core/visible';

export interface NodeFileRow {
  readonly pool: string;
  readonly nodes: readonly string[];
  /** Path on the node, or of the file that was written. */
  readonly file: string;
  readonly bytes: number;
}

/** @param howTo what to do with the files on this distribution */
export const nodeFilesPage = (
  rows: readonly NodeFileRow[],
  {
    distribution,
    howTo,
    written,
  }: { readonly distribution: string; readonly howTo: string; readonly written: boolean },
): Page => [
  table(
    ['pool', 'nodes', written ? 'written' : 'file', 'bytes'],
    rows.map(({ pool, nodes, file, bytes }) => [pool, nodes.join(', '), file, bytes]),
  ),
  show`${distribution}: ${howTo}`,
  ...(written ? [] : [show`note: nothing was written; --output <folder> writes, --json shows the contents`]),
];
