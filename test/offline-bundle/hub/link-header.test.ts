import fc from 'fast-check';
import { nextLink } from '../../../offline-bundle/hub/link-header';

describe('Link', () => {
  it.each([
    ['<https://hub.example/p?cursor=a%3D>; rel="next"', 'https://hub.example/p?cursor=a%3D'],
    ['<a>; rel=prev, <b>; rel=next', 'b'],
    ['<a>; title="x, <no>; rel=\\"next\\""; rel="prev", <b>; foo; rel="last next"', 'b'],
    ['<a,b;c>;REL=NEXT', 'a,b;c'],
  ])('names the next page: %s', (header, target) => {
    expect(nextLink(header)).toBe(target);
  });

  it.each([
    undefined,
    '',
    '<a>',
    '<a>; rel="xet-auth", <b>; rel="prev"',
    '<>; rel="next"',
    'rel="next"',
    '<a>; rel="nextish"',
  ])('names none: %s', (header) => {
    expect(nextLink(header)).toBeUndefined();
  });

  it('finds the next page among any others', () => {
    const other = fc.tuple(fc.webUrl(), fc.constantFrom('prev', 'first', 'xet-auth'));
    fc.assert(
      fc.property(fc.webUrl(), fc.array(other), fc.nat(), (next, others, position) => {
        const links = others.map(([url, rel]) => `<${url}>; rel="${rel}"`);
        links.splice(position % (links.length + 1), 0, `<${next}>; rel="next"`);
        expect(nextLink(links.join(', '))).toBe(next);
      }),
    );
  });

  it('ends for any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const found = nextLink(text);
        expect(found === undefined || text.includes(found)).toBe(true);
      }),
    );
    const started = performance.now();
    nextLink(`<a>${'; x='.repeat(20_000)}`);
    nextLink(`<a>;${' '.repeat(100_000)}`);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
