/** Where output goes nowhere, no command may seem to have said no. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
const FULL = '/dev/full';
const shell = (line: string) =>
  spawnSync('sh', ['-c', line], { cwd: ROOT, encoding: 'utf8', env: { ...process.env, NODE: process.execPath } });

/** Linux has a device that is always full. */
(existsSync(FULL) ? describe : describe.skip)('a stream that takes nothing', () => {
  it('of results is a failure of the environment', () => {
    const { status, stderr } = shell(`"$NODE" scripts/airlock.cjs --help >${FULL}`);
    expect([status, stderr]).toEqual([3, '']);
  });

  it('of errors is a failure of the environment, whatever the error was', () => {
    expect(shell(`"$NODE" scripts/airlock.cjs verify no-such-bundle --trust no-such-key 2>${FULL}`).status).toBe(3);
  });
});

it('a reader that has seen enough changes no exit code', () => {
  const { status, stdout } = shell(
    `{ "$NODE" scripts/airlock.cjs licenses; echo "code $?" >&2; } 2>&1 | head -n 1; true`,
  );
  expect([status, stdout.split('\n').length]).toEqual([0, 2]);
});

it('misuse of a verb of a noun is said once', () => {
  const { status, stderr } = shell('"$NODE" scripts/airlock.cjs keys id --nope');
  expect([status, stderr.match(/unknown option/g)?.length]).toEqual([2, 1]);
});
