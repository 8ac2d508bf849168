import { inLanes } from '../../../offline-bundle/verify/lanes';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('works on at most so many items at once and keeps their order', async () => {
  let [running, most] = [0, 0];
  const results = await inLanes([5, 1, 4, 2, 3], 2, async (turns) => {
    running += 1;
    most = Math.max(most, running);
    for (let at = 0; at < turns; at += 1) await turn();
    running -= 1;
    return turns * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
});

it('begins nothing after a failure, and fails only when the rest has ended', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = inLanes([1, 2, 3, 4], 2, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error('one');
    for (let at = 0; at < 5; at += 1) await turn();
    ended.push(item);
  });
  await expect(work).rejects.toThrow('one');
  expect(begun).toEqual([1, 2]);
  expect(ended).toEqual([2]);
});

it('of nothing is nothing', async () => {
  expect(await inLanes([], 4, () => Promise.reject(new Error('never')))).toEqual([]);
});
