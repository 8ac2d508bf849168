import { OUT_OF_TIME, runToStatus } from '../../../tools/ci/run-to-status';

const options = { cwd: '.', env: process.env };

it.each([0, 1, 7])('says the status that a program ended with: %d', async (status) => {
  expect(await runToStatus('sh', ['-c', `exit ${status}`], options)).toBe(status);
});

it('ends a program and what it started once its time is over', async () => {
  expect(
    await runToStatus('sh', ['-c', `"$0" -e 'setTimeout(() => {}, 600000)' & wait`, process.execPath], {
      ...options,
      limitSeconds: 0.1,
    }),
  ).toBe(OUT_OF_TIME);
});

it('fails where there is no such program', async () => {
  await expect(runToStatus('no-such-program', [], options)).rejects.toThrow('ENOENT');
});
