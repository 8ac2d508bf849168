import { isAtLeast } from '../../core/version';

it.each([
  ['1.35', '1.35', true],
  ['1.34', '1.35', false],
  ['2.1', '1.35', true],
  ['1.10.0', '1.9.9', true],
  ['1.84.0', '1.84.1', false],
])('%s is at least %s: %s', (version, least, expected) => {
  expect(isAtLeast(version, least)).toBe(expected);
});
