import fc from 'fast-check';
import { REDACTION_PACKS } from '../../../catalog/redaction';
import { find } from '../../../guard/redaction/find';
import { around, planted, RECOGNIZERS, VALUES } from './odd-forms';

const found = (text: string): [string, string][] =>
  find(text, RECOGNIZERS).map(({ name, start, end }) => [name, text.slice(start, end)]);

describe('a value', () => {
  it.each(VALUES)('%s is found where it stands, and nothing else', (value) => {
    expect(found(`see ${value}, please`).map(([, text]) => text)).toEqual([value]);
  });

  it('is found in every odd form, from its first character to its last', () => {
    fc.assert(
      fc.property(around, planted, ({ length }, { written }) => {
        const text = `${' '.repeat(length)}${written}, end`;
        const spans = find(text, RECOGNIZERS);
        expect(spans.length).toBeGreaterThan(0);
        expect([spans[0]?.start, (spans.at(-1)?.end ?? 0) >= length + written.trimEnd().length]).toEqual([
          length,
          true,
        ]);
      }),
      { numRuns: 250 },
    );
  });

  it('is found where it is spelled in characters that nobody sees', () => {
    const spelled = VALUES[0].replace(/./gu, (one) => String.fromCodePoint(0xe0000 + (one.codePointAt(0) ?? 0)));
    expect(found(`look: ${spelled}!`).map(([name]) => name)).toEqual(['CONTACT-EMAIL']);
    expect(found('jane\u{e0061}.doe@leak.example').map(([name]) => name)).toEqual(['CONTACT-EMAIL']);
  });

  it.each(['4111&nbsp1111&nbsp1111&nbsp1111', 'jane.doe@leak\u3002example', 'jane.doe@leak&period;example'])(
    '%s is found',
    (text) => expect(found(`see ${text}, please`)).toHaveLength(1),
  );

  it.each(
    Object.values(REDACTION_PACKS).flatMap(({ patterns }) =>
      patterns.flatMap(({ name, matches }) => matches.map((text) => [name, text] as const)),
    ),
  )('%s of the packs: %s is found', (_, text) => {
    expect(found(text)).not.toEqual([]);
  });
});

describe('what is no value', () => {
  it.each([
    ['an IBAN with a wrong check digit', 'DE88370400440532013000'],
    ['a card with a wrong check digit', '4111 1111 1111 1112'],
    ['words that fold to others', 'order 12345678 tickets, size 10485760KiB free'],
    ['a label within a word', 'the Flubsn 111222333 of this machine'],
  ])('%s is left', (_, text) => {
    expect(found(text)).toEqual([]);
  });

  it('a label begins a word within a name of a program', () => {
    expect(found('{"clientBSN": 111222333}').map(([name]) => name)).toEqual(['NL-BSN']);
  });
});

describe('what overlaps', () => {
  it('is one, named by what is most specific', () => {
    expect(found('IBAN DE89 3704 0044 0532 0130 00')).toEqual([['PAYMENT-IBAN', 'DE89 3704 0044 0532 0130 00']]);
  });

  it('is masked as far as any of them reaches', () => {
    const text = '4111 1111 1111 1111 123';
    expect(found(text)).toEqual([['PAYMENT-CARD', text]]);
  });
});
