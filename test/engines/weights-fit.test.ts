import { checkWeightsFit } from '../../engines/weights-fit';

const GIB = 1024 ** 3;
/** One GPU of 80 GiB takes 80 × 0.92 − 1.2 = 72.4 GiB of weights. */
const check = (gib: number, gpus: number) => () =>
  checkWeightsFit({ serving: 'chat', weightBytes: gib * GIB, gpus, memoryGiB: 80 });

describe('checkWeightsFit', () => {
  it.each([
    [72.39, 1],
    [144.7, 2],
  ])('accepts %d GiB on %i GPUs', (gib, gpus) => {
    expect(check(gib, gpus)).not.toThrow();
  });

  it('refuses what exceeds the memory, with the arithmetic', () => {
    expect(check(72.41, 1)).toThrow(
      'serving "chat" cannot fit: 72.41 GiB of weights / 1 GPUs = 72.41 GiB, plus 1.20 GiB overhead, exceed ' +
        '80.00 GiB × 0.92 = 73.60 GiB per GPU',
    );
  });

  it('names the least number of GPUs that hold the weights, as a failed check', () => {
    let error: unknown;
    try {
      check(150, 2)();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ kind: 'check', fix: expect.stringMatching(/at least 3/) as string });
  });
});
