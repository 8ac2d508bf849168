import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ROOT } from './support/commands';

const PROBE = path.join(__dirname, 'support/count-copies.cjs');

/** Evaluations by source file, of a process that did its work and then loaded every command. */
function evaluations(...program: readonly string[]): Record<string, number> {
  const { stdout } = spawnSync(process.execPath, ['--require', PROBE, ...program], { cwd: ROOT, encoding: 'utf8' });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, number>;
}

it.each([
  { program: "the checkout's program", words: ['scripts/airlock.cjs', '--version'] },
  { program: 'the CDKTF app', words: ['--import', 'tsx', 'main.ts', '--help'] },
])('$program evaluates no source file twice, so `instanceof` holds', ({ words }) => {
  const times = Object.entries(evaluations(...words));
  expect(times.length).toBeGreaterThan(400);
  expect(times.map(([file]) => file)).toEqual(expect.arrayContaining(['core/errors.ts', 'scripts/ui/program.mts']));
  expect(times.filter(([, count]) => count > 1)).toEqual([]);
});
