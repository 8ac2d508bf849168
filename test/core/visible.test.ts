import fc from 'fast-check';
import { table } from '../../core/page';
import { type Line, lines, linesOf, show, type Text, visible } from '../../core/visible';

const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]*$/u;

describe('text from outside', () => {
  it.each([
    ['a color', '\u001b[32mPASS', '\\u{1b}[32mPASS'],
    ['a line break', 'one\nPASS: all', 'one\\u{a}PASS: all'],
    ['a carriage return', 'FAIL\rPASS', 'FAIL\\u{d}PASS'],
    ['the one-byte form of ESC [', '\u009b2J', '\\u{9b}2J'],
    ['an override of the reading order', 'a\u202egnp.exe', 'a\\u{202e}gnp.exe'],
    ['an isolate', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
    ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
    ['a zero-width space', 'a\u200bb', 'a\\u{200b}b'],
    ['half a surrogate pair', 'a\ud800b', 'a\\u{d800}b'],
    ['a tag character beyond the first plane', 'a\u{e0041}b', 'a\\u{e0041}b'],
    ['a tab', 'a\tb', 'a\\u{9}b'],
  ])('shows %s as its code', (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it.each(['plain', 'Zürich – 北京', '😀', '', ' '])('leaves %j as it is', (text) => {
    expect(visible(text)).toBe(text);
  });

  it('holds nothing but printable characters, whatever it was', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => PRINTABLE.test(visible(text))));
  });
});

describe('the types of what may be shown', () => {
  it('take no plain string, however it was made', () => {
    const name: string = 'a';
    // @ts-expect-error a string may hold anything
    const plain: Line = name;
    // @ts-expect-error so may a template without a tag
    const template: Line = `${visible(name)}b`;
    // @ts-expect-error and what was joined by hand
    const joined: Text = [visible(name), visible(name)].join('\n');
    // @ts-expect-error several lines are not one
    const several: Line = lines([visible(name)]);
    expect([plain, template, joined, several]).toEqual(['a', 'ab', 'a\na', 'a']);
  });

  it('are made of anything, and hold one line for each that the code means', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        const shown = [show`${one}`, show`  ${one} of ${other}: ${3}`, visible(other)];
        expect(shown.filter((line) => !PRINTABLE.test(line))).toEqual([]);
        expect(lines(shown).split('\n')).toEqual(shown);
        expect(shown.map((line) => show`${line}`)).toEqual(shown);
        expect(table([one], [[other], [[one, other]]])).toEqual({
          head: [visible(one)],
          rows: [[[visible(other)]], [[visible(one), visible(other)]]],
        });
      }),
    );
  });

  it('keep the lines of a text whose line breaks are meant', () => {
    expect(linesOf('a\r\n\tb\u001b[2J\n\fc')).toEqual(['a', '  b\\u{1b}[2J', '', 'c']);
  });
});
