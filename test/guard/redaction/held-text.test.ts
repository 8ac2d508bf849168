import { redactionPatterns } from '../../../catalog/redaction';
import { HeldText } from '../../../guard/redaction/held-text';
import { Pseudonyms } from '../../../guard/redaction/pseudonyms';
import { recognizersOf } from '../../../guard/redaction/recognizers';
import { Redactor } from '../../../guard/redaction/redactor';
import { Refusal } from '../../../guard/refusal';
import { holdCutStreams } from './cut-streams';

/** Those of the values, and of the placeholders below. */
const RECOGNIZERS = recognizersOf(redactionPatterns(['contact', 'payment', 'de', 'nl']), new Set());

holdCutStreams(RECOGNIZERS, 40);

describe('a text without values', () => {
  const PROSE = 'The office in Berlin decided on 12 March that the fees of 2025 stay as they are, and said so twice. ';

  it('comes through as it is, held back for about a word', () => {
    const held = new HeldText(new Redactor(RECOGNIZERS, { is: 'mask' }, 502), 'content');
    const behind: number[] = [];
    let [came, went] = ['', ''];
    for (const word of PROSE.repeat(5).match(/\s?\S+/g) ?? []) {
      came += word;
      went += held.push(word);
      behind.push(came.length - went.length);
    }
    expect(went + held.end()).toBe(came);
    behind.sort((a, b) => a - b);
    expect(behind[behind.length >> 1]).toBeLessThanOrEqual(8);
    expect(behind.at(-1)).toBeLessThanOrEqual(64);
  });

  it('that never says whether it is a value ends the call', () => {
    const held = new HeldText(new Redactor(RECOGNIZERS, { is: 'mask' }, 502), 'content');
    expect(() => held.push(`4111 1111 ${'\u200b'.repeat(10_000)}`)).toThrow(Refusal);
  });
});

describe('pseudonyms', () => {
  const made = (text: string, pseudonyms: Pseudonyms): string =>
    new Redactor(RECOGNIZERS, { is: 'pseudonym', pseudonyms }, 400).text(text, '');

  it('are one for each value within a call, however it is written', () => {
    const text = 'a@leak.example, b@leak.example, \uff41@leak.example';
    expect(made(text, new Pseudonyms())).toBe('[CONTACT-EMAIL_1], [CONTACT-EMAIL_2], [CONTACT-EMAIL_1]');
  });

  it('of another call are left', () => {
    const [mine, other] = [new Pseudonyms(), new Pseudonyms()];
    made('a@leak.example', mine);
    expect(other.restore('ask [CONTACT-EMAIL_1]', false)).toBe('ask [CONTACT-EMAIL_1]');
    expect(mine.restore('ask [CONTACT-EMAIL_1]', false)).toBe('ask a@leak.example');
  });

  it('within JSON become a part of its strings', () => {
    const pseudonyms = new Pseudonyms();
    made('{"bsn": "111222333"}', pseudonyms);
    const text = pseudonyms.restore('{"said": "[NL-BSN_1]"}', true);
    expect(JSON.parse(text)).toEqual({ said: 'bsn": "111222333' });
  });
});
