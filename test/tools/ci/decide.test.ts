import { decide, LAST_END_SECONDS, LAST_START_SECONDS } from '../../../tools/ci/decide';

const tier = { coldSeconds: 900 };
const passed = { fingerprint: 'a', seconds: 100 };

it('a tier that passed with the same inputs is skipped, however early it is', () => {
  expect(decide(tier, { elapsed: 0, fingerprint: 'a', passed, all: false })).toEqual({
    run: false,
    because: 'unchanged',
  });
});

it('runs where something changed, where it never passed, and where all is asked for', () => {
  expect(decide(tier, { elapsed: 0, fingerprint: 'b', passed, all: false })).toEqual({ run: true });
  expect(decide(tier, { elapsed: 0, fingerprint: 'a', all: false })).toEqual({ run: true });
  expect(decide(tier, { elapsed: 0, fingerprint: 'a', passed, all: true })).toEqual({ run: true });
});

it('starts nothing late, nor what would end late by its last run or, without one, by a cold one', () => {
  const late = { run: false, because: 'time' };
  expect(decide(tier, { elapsed: LAST_START_SECONDS + 1, fingerprint: 'b', passed, all: true })).toEqual(late);
  expect(decide(tier, { elapsed: LAST_END_SECONDS - 899, fingerprint: 'b', all: false })).toEqual(late);
  expect(decide(tier, { elapsed: LAST_END_SECONDS - 901, fingerprint: 'b', all: false })).toEqual({ run: true });
  expect(
    decide(
      { coldSeconds: 10 },
      { elapsed: LAST_END_SECONDS - 901, fingerprint: 'b', passed: { ...passed, seconds: 902 }, all: false },
    ),
  ).toEqual(late);
});

it('hurries nobody who started it by hand', () => {
  expect(decide({ coldSeconds: 100_000 }, { fingerprint: 'b', all: false })).toEqual({ run: true });
});
