import { inParallel } from '../../../offline-bundle/fetch/in-parallel';

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

  it('does nothing with nothing', async () => {
    await expect(inParallel(2, [], () => Promise.reject(new Error('called')))).resolves.toBeUndefined();
  });
});
