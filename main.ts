/**
 * The CDKTF app, as `npx cdktf synth` starts it: `airlock synth`. cdktf passes no arguments, so each option is a variable too;
 * `airlock synth --help` lists both.
 */
import './scripts/one-copy.cjs';

void (async () => {
  const [{ runProgram }, { COMMANDS }, { kitVersion }] = await Promise.all([
    import('./scripts/ui/program.mjs'),
    import('./scripts/commands.mjs'),
    import('./core/assets.js'),
  ]);
  process.exitCode = await runProgram('airlock', kitVersion(), COMMANDS, ['synth', ...process.argv.slice(2)]);
})();
