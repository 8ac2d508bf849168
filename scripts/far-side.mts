/** Entry of the single file `airlock.mjs`, which runs on a bare Node. */
import { FAR_SIDE_COMMANDS } from './far-side-commands.mjs';
import { runProgram } from './ui/program.mjs';

/** Set by the release build (tools/build-far-side.mts). */
declare const AIRLOCK_VERSION: string;

process.exitCode = await runProgram('airlock', AIRLOCK_VERSION, FAR_SIDE_COMMANDS, process.argv.slice(2));
