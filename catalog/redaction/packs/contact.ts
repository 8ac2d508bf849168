/** How people are reached: e-mail and telephone. */
import { alone, anyCase, END, ESCAPED, HYPHEN, SPACE, START } from '../parts';
import type { RedactionPack } from '../pattern';

/** Letters of Latin, Greek and Cyrillic scripts beyond ASCII. */
const LETTERS = '\u00c0-\u024f\u0370-\u052f';
/** What may stand between two digits of a printed number: `+49 (0)89 12.34`. */
const between = (most: number): string => `(?:\\.|[ \u00a0\u202f()/\u2010\u2011-]{1,${most}})?`;
const LINK = `(?:${SPACE}|${HYPHEN})`;
/** Written so that the next letter decides. */
const LABELS = ['t(?:el(?:e(?:fon|phone))?|él(?:éphone)?)', 'phone', 'mobile?', 'handy', 'fax', 'cell'];
/** What may follow a label before its number; more would take the dates of telephone calls. */
const FILLERS = ['n(?:um(?:ber|mer|éro)|o|r)?', 'ist?', 'lautet', 'est?', 't(?:d|h)'];
const oneOf = (words: readonly string[]): string => `(?:${words.map(anyCase).join('|')})`;

export const contact: RedactionPack = {
  title: 'e-mail and telephone',
  patterns: [
    {
      name: 'contact-email',
      finds: 'e-mail addresses',
      source: 'RFC 5321 section 4.1.2, RFC 6531 for letters beyond ASCII, RFC 5890 for `xn--`',
      pattern: `(?:${ESCAPED})?[0-9A-Za-z${LETTERS}.!#\\x24%&'*+?^_~-]{1,64}@[0-9A-Za-z.-]{1,80}\\.(?:[Xx][Nn]--[0-9A-Za-z-]{1,36}|[A-Za-z]{2,24})`,
      limits:
        'misses quoted local parts, slashes in them, domains without a dot or in letters beyond ASCII, "a (at) b"',
      matches: [
        'jane.doe+tag@mail.example.org',
        'müller@firma.example',
        'mailto:a_b@xn--bcher-kva.example',
        'a$b@mail.example.org',
      ],
      spares: ['@mention', 'user@localhost', 'price @ 3.50'],
    },
    {
      name: 'contact-phone-international',
      finds: 'telephone numbers with + and country code, or with 00, country code and a separator',
      source: 'ITU-T E.164 (11/2010) section 6; E.123 (02/2001) for the printed form',
      pattern: `(?:\\+[1-9]|${START}00[1-9][0-9]{0,2}(?:${LINK}|/))(?:${between(3)}[0-9]){6,14}${END}`,
      limits: 'sums with a plus sign and at least seven digits have the same form',
      matches: ['+49 (0)89 123456-78', '+14155550123', '0041 44 668 18 00'],
      spares: ['+12345', 'C++11', '1+1=2'],
    },
    {
      name: 'contact-phone-national',
      finds: 'telephone numbers with a trunk zero or in the North American form, grouped as they are printed',
      source: 'ITU-T E.123 (02/2001) section 2; North American Numbering Plan (ATIS-0300051)',
      pattern: alone(
        [
          `0[1-9]${LINK}[0-9]{6,9}`,
          `0[1-9][0-9]{1,2}${LINK}[0-9]{2}(?:${LINK}[0-9]{2}){2}`,
          `0[1-9](?:(?:${LINK}|\\.)[0-9]{2}){4}`,
          `0[1-9][0-9]{1,4}\\)?(?:${SPACE}?/${SPACE}?|${LINK})[0-9]{3,4}(?:${LINK}?[0-9]{2,4}){1,2}`,
          `[2-9][0-9]{2}(?:\\)${SPACE}?|${LINK}|\\.)[2-9][0-9]{2}(?:${LINK}|\\.)[0-9]{4}`,
        ].join('|'),
      ),
      limits:
        'misses numbers in one piece and those of countries without a trunk zero; other numbers in such groups are taken',
      matches: ['06 12 34 56 78', '089/1234567', '(030) 1234 5678', '(212) 555-0123', '020 7946 0958'],
      spares: ['01.02.2024', '2024-05-06 12:34:56', '1234567890', '0.75'],
    },
    {
      name: 'contact-phone-labelled',
      finds: 'any number of 6 to 15 digits after a word such as Tel, Phone, Mobil or Fax',
      source: 'ITU-T E.164 (11/2010) section 6',
      pattern: `${START}${oneOf(LABELS)}[^0-9A-Za-z]{0,8}(?:${oneOf(FILLERS)}[^0-9A-Za-z]{0,6}){0,3}[0-9](?:${between(2)}[0-9]){5,14}${END}`,
      limits: 'other numbers right after such a word are redacted too',
      matches: ['Tel.: 1234567', 'Phone no. 0891234567', '"mobile": "(0171) 1234567"'],
      spares: ['telephone call of 45 minutes', 'phone call on 2024-05-06'],
    },
  ],
};
