/** How this program is started, for commands that are printed to be pasted. */
import { realpathSync } from 'node:fs';
import { quote } from 'shell-quote';
import path from 'node:path';

const isWithin = (folder: string, home: string): boolean => !path.relative(home, folder).startsWith('..');

/** Where `npx` finds this program: below the package itself, or below the folder that it is installed in. */
function npxHome(typed: string, file: string): string {
  const [before = ''] = typed.split(`${path.sep}node_modules${path.sep}.bin`);
  return before.includes(`${path.sep}_npx${path.sep}`) ? path.dirname(path.dirname(file)) : before;
}

/**
 * The words that start this program again.
 *
 * @param folder absolute folder that they will be typed in: `npx` finds a program by the folder alone, and would ask a registry in
 *   another
 */
export function typedProgram(folder: string, typed = process.argv[1] ?? 'airlock'): string {
  const file = realpathSync(typed);
  const link = file !== typed && !path.extname(typed);
  if (link && !typed.includes(`${path.sep}.bin${path.sep}`)) return path.basename(typed);
  if (link && isWithin(folder, npxHome(typed, file))) return `npx ${path.basename(typed)}`;
  return `node ${quote([isWithin(file, path.dirname(folder)) ? path.relative(folder, file) : file])}`;
}
