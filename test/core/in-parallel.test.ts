import fc from 'fast-check';
import { inParallel, largestFirst } from '../../core/in-parallel';

describe('inParallel', () => {
  it('runs every job, and never more than allowed at once', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await inParallel(
      3,
      Array.from({ length: 20 }, (_, at) => at),
      async (at) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        done.push(at);
      },
    );
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => at));
    expect(most).toBe(3);
  });

  it('begins no job after a failure, and waits for those under way before it throws the first one', async () => {
    const log: string[] = [];
    let release: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    const all = inParallel(2, ['slow', 'bad', 'never'], async (name) => {
      log.push(`begin ${name}`);
      if (name === 'bad') throw new Error('bad');
      await slow;
      log.push(`end ${name}`);
    });
    setImmediate(release);
    await expect(all).rejects.toThrow('bad');
    expect(log).toEqual(['begin slow', 'begin bad', 'end slow']);
  });
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('works on at most so many items at once and keeps their order', async () => {
  let [running, most] = [0, 0];
  const results = await inParallel(2, [5, 1, 4, 2, 3], async (turns) => {
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
  const work = inParallel(2, [1, 2, 3, 4], async (item) => {
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
  expect(await inParallel(4, [], () => Promise.reject(new Error('never')))).toEqual([]);
});

it('largestFirst begins the largest first, and gives the results in the order of the items', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(9)), fc.integer({ min: 1, max: 4 }), async (sizes, limit) => {
      const begun: number[] = [];
      const items = sizes.map((size, at) => ({ size, at }));
      const results = await largestFirst(limit, items, ({ size, at }) => {
        begun.push(size);
        return Promise.resolve(at);
      });
      expect(results).toEqual(sizes.map((_, at) => at));
      expect(begun).toEqual([...sizes].sort((a, b) => b - a));
    }),
  );
});
