import fc from 'fast-check';
import { tableWithin, wrapped } from '../../../scripts/ui/table';

const HEAD = ['rule', 'what it proves', 'PROVEN'];
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const ROWS = [
  ['AIR-NET-1', 'Every namespace that the plan uses denies all egress and ingress by default, and nothing else', '3'],
  ['AIR-IMG-1', DIGEST, '12\nand more'],
];
const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));
const letters = (text: string): string => text.replace(/[^a-zA-Z0-9:,-]/g, '');

it('is whole, a line for each line of a cell, where output is no terminal', () => {
  const whole = tableWithin(undefined, HEAD, ROWS);
  expect(whole).toContain(DIGEST);
  expect(whole.split('\n')).toHaveLength(7);
  expect(widest(whole)).toBeGreaterThan(80);
});

it('is the same in a terminal that is wide enough', () => {
  const whole = tableWithin(undefined, HEAD, ROWS);
  expect(tableWithin(widest(whole), HEAD, ROWS)).toBe(whole);
  expect(tableWithin(widest(whole) - 1, HEAD, ROWS)).not.toBe(whole);
});

it.each([40, 60, 80, 100, 120])('is no wider than a terminal of %d columns', (columns) => {
  expect(widest(tableWithin(columns, HEAD, ROWS))).toBeLessThanOrEqual(columns);
});

it('loses no character, whatever the width', () => {
  const lines = fc.stringMatching(/^[a-z0-9:,\- \n]{0,120}$/);
  fc.assert(
    fc.property(lines, fc.integer({ min: 1, max: 130 }), (text, width) => {
      const done = wrapped(text, width);
      expect(letters(done)).toBe(letters(text));
      expect(widest(done)).toBeLessThanOrEqual(width);
    }),
  );
});
