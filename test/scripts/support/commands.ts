/** The table of commands as data; it is an ES module, which Jest does not load. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { CommandTable } from '../../../scripts/ui/grammar';

export const ROOT = path.join(__dirname, '..', '..', '..');

const PRINT = "const { COMMANDS } = await import('./scripts/commands.mts'); console.log(JSON.stringify(COMMANDS));";

export const COMMANDS = JSON.parse(
  execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', PRINT], {
    cwd: ROOT,
    encoding: 'utf8',
  }),
) as CommandTable;
