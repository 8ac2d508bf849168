/** Data that no country owns: accounts, cards, e-mail, telephone and machines. */
import { ibanCheck, luhn } from './check-digits';
import { grouped, type Kind } from './kind';
import { below, digits, draw, number, pick, type Random } from './random';

const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const FOURS = [4, 4, 4, 4, 4, 4, 4, 4] as const;

/** Accounts as the registry structures them: `n` digits, `a` capitals, `c` either. */
const ACCOUNTS = {
  DE: 'n18',
  AT: 'n16',
  CH: 'n5 c12',
  FR: 'n10 c11 n2',
  IT: 'a1 n10 c12',
  ES: 'n20',
  NL: 'a4 n10',
  GB: 'a4 n14',
  PL: 'n24',
  SE: 'n20',
  NO: 'n11',
  BE: 'n12',
  MT: 'a4 n5 c18',
  LC: 'a4 c24',
} as const;

function iban(random: Random): string {
  const country = pick(random, Object.keys(ACCOUNTS) as (keyof typeof ACCOUNTS)[]);
  const account = ACCOUNTS[country]
    .split(' ')
    .map((part) => {
      const from = { n: '0123456789', a: CAPITALS, c: `0123456789${CAPITALS}` }[part.charAt(0)] ?? '';
      return draw(random, Number(part.slice(1)), from);
    })
    .join('');
  return country + ibanCheck(country, account) + account;
}

/** First digits and length: Visa, Mastercard (both ranges), American Express, JCB, Discover, Diners Club, UnionPay. */
const CARDS: readonly (readonly [string, number])[] = [
  ['4', 16],
  ['51', 16],
  ['55', 16],
  ['2221', 16],
  ['2720', 16],
  ['34', 15],
  ['37', 15],
  ['3528', 16],
  ['6011', 16],
  ['36', 14],
  ['305', 14],
  ['62', 19],
];

function card(random: Random): string {
  const [prefix, length] = pick(random, CARDS);
  const start = prefix + digits(random, length - 1 - prefix.length);
  return start + luhn(start);
}

const printedCard = (value: string, random: Random): string =>
  grouped(value, pick(random, [' ', ' ', '-']), ...(value.length < 16 ? [4, 6] : FOURS));

const NAMES = ['jane', 'john.doe', 'm.müller', 'anna_kovács', 'o.brien', 'li+news', 'søren-k', 'ana.lópez99', 'x'];
const HOSTS = ['mail', 'example', 'uni-bonn', 'xn--bcher-kva', 'sub.domain', 'a1'];
const ENDS = ['com', 'de', 'example.org', 'co.uk', 'museum', 'xn--p1ai'];

/** As countries print them abroad (E.123): code, and how the rest is grouped. */
const ABROAD: readonly (readonly [string, string, readonly number[]])[] = [
  ['49', ' ', [2, 7]],
  ['49', ' ', [3, 3, 4]],
  ['43', ' ', [1, 3, 4]],
  ['41', ' ', [2, 3, 2, 2]],
  ['33', ' ', [1, 2, 2, 2, 2]],
  ['44', ' ', [2, 4, 4]],
  ['1', '-', [3, 3, 4]],
  ['34', ' ', [3, 3, 3]],
  ['31', ' ', [2, 7]],
  ['48', ' ', [3, 3, 3]],
  ['46', '-', [2, 3, 2, 2]],
  ['353', ' ', [1, 3, 4]],
];

/** As countries print them at home. */
const AT_HOME: readonly ((random: Random) => string)[] = [
  (random) => `0${number(random, 2)}/${number(random, 7)}`,
  (random) => `0${number(random, 3)} ${number(random, 7)}`,
  (random) => `(0${number(random, 2)}) ${grouped(number(random, 8), ' ', 4)}`,
  (random) => `0${number(random, 3)}-${number(random, 6)}`,
  (random) => grouped(`0${number(random, 9)}`, pick(random, [' ', '.']), 2, 2, 2, 2),
  (random) => grouped(`0${number(random, 10)}`, ' ', 3, 4),
  (random) => grouped(`0${number(random, 10)}`, ' ', 5, 3),
  (random) =>
    `(${draw(random, 1, '23456789')}${digits(random, 2)}) ${draw(random, 1, '23456789')}${digits(random, 2)}-${digits(random, 4)}`,
  (random) =>
    `${draw(random, 1, '23456789')}${digits(random, 2)}.${draw(random, 1, '23456789')}${digits(random, 2)}.${digits(random, 4)}`,
];

const hex = (random: Random, count: number): string => draw(random, count, '0123456789abcdef');

export const INTERNATIONAL: Readonly<Record<string, Kind>> = {
  'contact-email': {
    value: (random) => `${pick(random, NAMES)}${below(random, 90) + 10}@${pick(random, HOSTS)}.${pick(random, ENDS)}`,
    labels: ['E-Mail', 'mailto'],
    promised: ['bare', 'labelled'],
  },
  'contact-phone-international': {
    value: (random) => {
      const [code, , sizes] = pick(random, ABROAD);
      return `+${code}${number(
        random,
        sizes.reduce((sum, size) => sum + size, 0),
      )}`;
    },
    print: (_value, random) => {
      const [code, link, sizes] = pick(random, ABROAD);
      const rest = sizes.map((size) => number(random, size));
      return `${pick(random, ['+', '+', '00'])}${code}${pick(random, [link, ' (0)'])}${rest.join(link)}`.replace(
        /^(00\d+) \(0\)/,
        '$1 ',
      );
    },
    labels: ['call', 'WhatsApp'],
    promised: ['printed', 'bare', 'labelled'],
  },
  'contact-phone-national': {
    value: (random) => pick(random, AT_HOME)(random).replace(/\D/g, ''),
    print: (_value, random) => pick(random, AT_HOME)(random),
    labels: ['ring', 'Ruf'],
    promised: ['printed'],
  },
  'contact-phone-labelled': {
    value: (random) => number(random, 7 + below(random, 5)),
    labels: ['Tel.', 'Phone', 'mobile no', 'Fax'],
    promised: ['labelled'],
  },
  'payment-iban': {
    value: iban,
    print: (value) => grouped(value, ' ', ...FOURS),
    labels: ['IBAN', 'Konto'],
    promised: ['printed', 'bare', 'labelled'],
    check: -3,
  },
  'payment-card': {
    value: card,
    print: printedCard,
    labels: ['Card', 'Kreditkarte'],
    promised: ['printed', 'bare', 'labelled'],
    check: 1,
  },
  'network-ipv4': {
    value: (random) => Array.from({ length: 4 }, () => String(below(random, 256))).join('.'),
    labels: ['client_ip', 'from'],
    promised: ['bare', 'labelled'],
  },
  'network-ipv6': {
    value: (random) =>
      pick(random, [
        Array.from({ length: 8 }, () => hex(random, 4)).join(':'),
        `2001:db8:${hex(random, 4)}::${hex(random, 3)}:${hex(random, 4)}`,
        `2001:db8::${hex(random, 4)}`,
        `fe80::${hex(random, 4)}:${hex(random, 4)}:${hex(random, 4)}:${hex(random, 4)}`,
      ]),
    labels: ['client_ip', 'from'],
    promised: ['bare', 'labelled'],
  },
  'network-mac': {
    value: (random) => Array.from({ length: 6 }, () => hex(random, 2)).join(pick(random, [':', '-'])),
    labels: ['MAC', 'ether'],
    promised: ['bare', 'labelled'],
  },
};
