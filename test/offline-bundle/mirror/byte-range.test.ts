import fc from 'fast-check';
import { matchesNone, parseRange, rangeStands } from '../../../offline-bundle/mirror/byte-range';

describe('parseRange', () => {
  it.each([
    ['bytes=0-0', { first: 0, last: 0 }],
    ['bytes=0-', { first: 0, last: 9 }],
    ['bytes=3-5', { first: 3, last: 5 }],
    ['bytes=9-', { first: 9, last: 9 }],
    ['bytes=5-100', { first: 5, last: 9 }],
    ['bytes=-3', { first: 7, last: 9 }],
    ['bytes=-100', { first: 0, last: 9 }],
    ['Bytes=1-2', { first: 1, last: 2 }],
  ])('reads %s of ten bytes', (header, range) => {
    expect(parseRange(header, 10)).toEqual(range);
  });

  it.each(['bytes=10-', 'bytes=10-20', 'bytes=-0'])('knows that no byte of ten satisfies %s', (header) => {
    expect(parseRange(header, 10)).toBe('unsatisfiable');
  });

  it.each([undefined, '', 'bytes=', 'bytes=-', 'bytes=5-3', 'bytes=a-b', 'bytes=0-1,3-4', 'lines=0-1', '0-1'])(
    'ignores %s, as a server may',
    (header) => {
      expect(parseRange(header, 10)).toBe('whole');
    },
  );

  it('gives an empty file whole, whatever part of it is wanted', () => {
    for (const header of ['bytes=0-', 'bytes=0-0', 'bytes=5-9', 'bytes=-5'])
      expect(parseRange(header, 0)).toBe('whole');
  });

  it('always stays inside the file, and from an offset always gives the rest', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.nat(1000), (from, to, size) => {
        const range = parseRange(`bytes=${from}-${to}`, size);
        if (typeof range === 'string') return range === 'whole' ? to < from || size === 0 : from >= size;
        return range.first === from && range.last === Math.min(to, size - 1) && range.last < size;
      }),
    );
  });
});

describe('conditions', () => {
  it('compares entity tags weakly for If-None-Match and strongly for If-Range', () => {
    expect(matchesNone('W/"a", "b"', '"a"')).toBe(true);
    expect(matchesNone('*', '"a"')).toBe(true);
    expect(matchesNone('"c"', '"a"')).toBe(false);
    expect(matchesNone(undefined, '"a"')).toBe(false);
    expect(rangeStands(undefined, '"a"')).toBe(true);
    expect(rangeStands('"a"', '"a"')).toBe(true);
    expect(rangeStands('W/"a"', '"a"')).toBe(false);
    expect(rangeStands('Tue, 24 Nov 2026 00:00:00 GMT', '"a"')).toBe(false);
  });
});
