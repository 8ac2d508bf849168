import { everyFault } from '../../core/every-fault';
import { badInput } from '../../core/errors';

type Numbers = Readonly<Record<string, number>>;

/** Refuses the first number that is negative; `base` cannot be left out. */
const judge = (value: Numbers): void => {
  const [name] = Object.entries(value).find(([, one]) => one < 0) ?? [];
  if (name !== undefined) throw badInput('USAGE_INVALID_VALUE', `${name} is negative`);
};

function* mends(value: Numbers) {
  for (const part of Object.keys(value).filter((name) => name !== 'base'))
    yield { part, value: Object.fromEntries(Object.entries(value).filter(([name]) => name !== part)) };
}

const found = (value: Numbers) =>
  everyFault(value, judge, mends).faults.map(({ part, error }) => [part, error.message]);

describe('every fault of a value whose judge stops at the first', () => {
  it('is found, with its part', () => {
    expect(found({ a: -1, b: 2, c: -3 })).toEqual([
      ['a', 'a is negative'],
      ['c', 'c is negative'],
    ]);
  });

  it('has no part where it is of what cannot be left out, and hides what comes after it', () => {
    expect(found({ a: -1, base: -1, c: -1 })).toEqual([
      ['a', 'a is negative'],
      [undefined, 'base is negative'],
    ]);
  });

  it('is none where all is well', () => {
    expect(everyFault({ a: 1 }, judge, mends)).toEqual({ faults: [], left: { a: 1 } });
  });

  it('leaves errors that are no faults alone', () => {
    const broken = (): never => {
      throw new TypeError('ours');
    };
    expect(() => everyFault({}, broken, mends)).toThrow(TypeError);
  });
});
