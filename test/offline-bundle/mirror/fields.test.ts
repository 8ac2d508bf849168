import { validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { field } from '../../../offline-bundle/mirror/fields';
import { readiness } from '../../../offline-bundle/mirror/readiness';
import { hostileText, RAW } from '../../scripts/hostile/strings';

it('a field holds any text as visible ASCII, which Node and every client take', () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, fc.string({ unit: 'binary' })), (text) => {
      expect(field(text)).toMatch(/^[ -~]*$/);
      expect(() => validateHeaderValue('x-error-message', field(text))).not.toThrow();
    }),
  );
  expect([field('模.json'), field(5), field('a\r\nb: c')]).toEqual(['\\u{6a21}.json', '5', 'a\\u{d}\\u{a}b: c']);
});

it('what /readyz says is a line for each thing that is wrong, whatever it quotes', () => {
  fc.assert(
    fc.property(fc.array(hostileText, { maxLength: 5 }), (problems) => {
      const catalog = { problems, repositories: new Map() } as unknown as Parameters<typeof readiness>[0];
      const lines = readiness(catalog, []).text.split('\n');
      expect(lines.length).toBe(problems.length + 1);
      expect(lines.filter((line) => RAW.test(line))).toEqual([]);
    }),
  );
});
