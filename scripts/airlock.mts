/** `airlock`: the entry of the checkout's program and of the single file `airlock.mjs` alike. */
import { kitVersion } from '../core/assets.js';
import { COMMANDS } from './commands.mjs';
import { runProgram } from './ui/program.mjs';

void runProgram('airlock', kitVersion(), COMMANDS, process.argv.slice(2)).then((code) => (process.exitCode = code));
