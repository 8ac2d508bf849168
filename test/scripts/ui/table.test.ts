import fc from 'fast-check';
import { table } from '../../../core/page';
import { visible } from '../../../core/visible';
import { laidOut } from '../../../scripts/ui/layout';
import { hanging, widthOf, wrapped } from '../../../scripts/ui/wrap';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const RULES = table(
  ['rule', 'what it proves', 'PROVEN'],
  [
    ['AIR-NET-1', 'Every namespace that the plan uses denies all egress and ingress by default, and nothing else', 3],
    ['AIR-IMG-1', DIGEST, ['12', 'and more']],
  ],
);
const widest = (text: string): number => Math.max(...text.split('\n').map(widthOf));
const letters = (text: string): string => text.replace(/[^a-zA-Z0-9:,-]/g, '');

describe('a table', () => {
  it('is whole, a line for each line of a cell, where output is no terminal, or one that does not know its width', () => {
    const whole = laidOut(RULES);
    expect(whole).toContain(DIGEST);
    expect(whole.split('\n')).toHaveLength(7);
    expect(widest(whole)).toBeGreaterThan(100);
    expect(laidOut(RULES, 0)).toBe(whole);
  });

  it('is the same in a terminal that is wide enough', () => {
    const whole = laidOut(RULES);
    expect(laidOut(RULES, widest(whole))).toBe(whole);
    expect(laidOut(RULES, widest(whole) - 1)).not.toBe(whole);
  });

  it('has cells of several lines where it is too wide, and below 100 columns paragraphs', () => {
    expect(laidOut(RULES, 100)).toMatch(/^┌/);
    expect(laidOut(RULES, 99).split('\n')).toEqual([
      '- AIR-NET-1',
      '  what it proves: Every namespace that the plan uses denies all egress and ingress by default, and',
      '      nothing else',
      '  PROVEN: 3',
      '- AIR-IMG-1',
      `  what it proves: ${DIGEST}`,
      '  PROVEN: 12',
      '    and more',
    ]);
  });

  it('puts short cells of a paragraph beside each other, and leaves empty ones out', () => {
    const wide = table(['name', 'a', 'b', 'c', 'd'], [['x'.repeat(90), 1, '', 'no', 'y'.repeat(20)]]);
    expect(laidOut(wide, 95).split('\n')).toEqual([`- ${'x'.repeat(90)}`, '  a: 1   c: no', `  d: ${'y'.repeat(20)}`]);
  });

  it('is no wider than any terminal from 40 columns on, with characters of full width too', () => {
    const cell = fc.oneof(fc.stringMatching(/^[a-z :-]{0,90}$/), fc.stringMatching(/^[北京 x]{0,60}$/));
    const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 40, max: 200 }), (cells, columns) => {
        expect(widest(laidOut(table(['one', 'two', 'three'], cells), columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe('a line', () => {
  it('loses no character, whatever the width, and no half of one', () => {
    const text = fc.oneof(fc.stringMatching(/^[a-z0-9:,\- ]{0,120}$/), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 130 }), (any, width) => {
        const line = visible(any);
        const done = wrapped(line, width);
        expect(done.join('').replaceAll(' ', '')).toBe(line.replaceAll(' ', ''));
        expect(letters(done.join('\n'))).toBe(letters(line));
        expect(Math.max(...done.map(widthOf))).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('goes on further in, so that what it quotes begins no line', () => {
    const line = visible(`  value: ${'x'.repeat(69)} PASS: 9 PROVEN`);
    expect(hanging(line, 80)).toEqual([`  value: ${'x'.repeat(69)}`, '      PASS: 9 PROVEN']);
    expect(hanging(line, 120)).toEqual([line]);
  });
});

it('of a million characters is broken in less than two seconds', () => {
  const began = performance.now();
  expect(hanging(visible(`  value: ${'x'.repeat(1e6)}`), 80).length).toBeGreaterThan(12_000);
  expect(performance.now() - began).toBeLessThan(2000);
});

describe('a command', () => {
  const command = `curl --fail --header 'Accept: */*' https://registry.example/v2/models/chat/manifests/${DIGEST}`;
  const page = { lead: visible('   check: '), command: visible(command) };

  it('goes on after a backslash, as a shell reads it', () => {
    expect(laidOut(page, 80).split('\n')).toEqual([
      "   check: curl --fail --header 'Accept: */*' \\",
      `       https://registry.example/v2/models/chat/manifests/${DIGEST}`,
    ]);
  });

  it('is whole where no terminal is', () => {
    expect(laidOut(page)).toBe(`   check: ${command}`);
  });
});
