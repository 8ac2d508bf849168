import { digestOf } from '../../../core/digest';
import { oddities } from '../../../offline-bundle/trust/odd-seal';

const NOW = new Date('2026-11-24T08:00:00Z');
const told = (over: { sequence?: number; sealedAt?: string }): string[] =>
  oddities(
    {
      site: 'nordlicht',
      root: digestOf('root'),
      lock: digestOf('lock'),
      previous: null,
      sequence: 3,
      sealedAt: '2026-11-23T20:00:00Z',
      ...over,
    },
    NOW,
  );

it.each([0, 1, 20261123, 2026112399, 9_999_999_999])('nothing is odd about the sequence %i', (sequence) => {
  expect(told({ sequence })).toEqual([]);
});

it.each([10_000_000_000, Number.MAX_SAFE_INTEGER])('the sequence %i leaves little to come', (sequence) => {
  expect(told({ sequence })).toEqual([
    `sequence ${sequence} is far beyond any count: every later bundle of the site needs a larger one`,
  ]);
});

it('a time in the future is told, but not that of a clock which is a little ahead', () => {
  expect(told({ sealedAt: '2026-11-25T07:59:59Z' })).toEqual([]);
  expect(told({ sealedAt: '2026-11-25T08:00:00Z' })).toEqual([]);
  expect(told({ sealedAt: '2026-11-25T08:00:01Z' })).toHaveLength(1);
  expect(told({ sealedAt: '2099-01-01T00:00:00Z' })).toEqual([
    'sealed at 2099-01-01T00:00:00Z, which is in the future by the clock here (2026-11-24)',
  ]);
});
