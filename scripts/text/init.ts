/** What `init` wrote, as people read it. */
import { commandLine, type Page } from '../../core/page';
import { show } from '../../core/visible';

/** @param commands what comes next, in their order */
export const writtenPage = (written: readonly string[], commands: readonly string[]): Page => [
  ...written.map((file) => show`wrote ${file}`),
  show``,
  show`next: edit ${written.length === 1 ? 'it' : 'them'} where it says EDIT, then`,
  ...commands.map((command) => commandLine('  ', command)),
];
