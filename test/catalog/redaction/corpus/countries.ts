/** Numbers of persons by country, with the check digits of their publishers. */
import {
  deSocialSecurity,
  ean13,
  finnishCharacter,
  irishLetter,
  italianLetter,
  luhn,
  mod11and10,
  portugueseCard,
  remainder,
  spanishLetter,
  weighted,
} from './check-digits';
import { grouped, type Kind } from './kind';
import { below, birth, digits, draw, number, padded, pick, type Random, until } from './random';

const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const short = (year: number): string => padded(year % 100);
const dayFirst = (random: Random, more = 0): string => {
  const { day, month, year } = birth(random);
  return `${padded(day + more)}${padded(month)}${short(year)}`;
};
const yearFirst = (random: Random, { day = 0, month = 0 } = {}): string => {
  const born = birth(random);
  return `${short(born.year)}${padded(born.month + month)}${padded(born.day + day)}`;
};
/** A digit, or none where the rest of a division has two. */
const digit = (value: number): string | undefined => (value > 9 ? undefined : String(value));

/** Ten digits of which one occurs twice or thrice (BZSt, "Prüfziffernberechnung"). */
function idNrDigits(random: Random): string | undefined {
  const text = number(random, 10);
  const counts = [...new Set(text)].map((each) => text.split(each).length - 1).filter((count) => count > 1);
  return counts.length === 1 && (counts[0] ?? 0) <= 3 ? text : undefined;
}

function norwegian(random: Random): string {
  return until(() => {
    const start = `${dayFirst(random, pick(random, [0, 0, 40]))}${padded(below(random, 500), 3)}`;
    const first = digit((11 - (weighted(start, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11);
    if (first === undefined) return undefined;
    const second = digit((11 - (weighted(start + first, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11);
    return second === undefined ? undefined : start + first + second;
  });
}

function italian(random: Random): string {
  const { day, month, year } = birth(random);
  const born = `${short(year)}${'ABCDEHLMPRST'.charAt(month - 1)}${padded(day + pick(random, [0, 40]))}`;
  const code = `${draw(random, 6, CAPITALS)}${born}${draw(random, 1, 'ABCDEFGHIL')}${digits(random, 3)}`;
  return code + italianLetter(code);
}

function nir(random: Random): string {
  const department = pick(random, ['2A', '2B', padded(1 + below(random, 95))]);
  const start = `${pick(random, ['1', '2'])}${yearFirst(random).slice(0, 4)}${department}${digits(random, 6)}`;
  // INSEE: Corsica's 2A and 2B count as 19 and 18.
  return start + padded(97 - remainder(start.replace('2A', '19').replace('2B', '18'), 97));
}

const NINO_PREFIXES = ['AB', 'CE', 'EG', 'HJ', 'JK', 'LM', 'MA', 'NA', 'OE', 'PW', 'RX', 'SY', 'TZ', 'WK', 'YB', 'ZC'];

export const COUNTRIES: Readonly<Record<string, Kind>> = {
  'at-social-security': {
    value: (random) =>
      until(() => {
        const [serial, born] = [number(random, 3), dayFirst(random)];
        const check = digit(weighted(`${serial}0${born}`, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11);
        return check === undefined ? undefined : `${serial}${check}${born}`;
      }),
    print: (value) => grouped(value, ' ', 4),
    labels: ['SVNR', 'Sozialversicherungsnummer', 'SV-Nummer'],
    promised: ['printed', 'labelled'],
    check: 7,
  },
  'at-tax-number': {
    value: (random) => {
      const start = pick(random, ['09', '12', '46', '59', '61', '68', '81', '93']) + digits(random, 6);
      const sum = Array.from(start).reduce(
        (total, each, at) => total + (at % 2 === 0 ? Number(each) : Number('0246813579'.charAt(Number(each)))),
        0,
      );
      return start + String((10 - (sum % 10)) % 10);
    },
    print: (value) => `${grouped(value.slice(0, 5), '-', 2)}/${value.slice(5)}`,
    labels: ['Steuernummer', 'Abgabenkontonummer'],
    promised: ['printed'],
    check: 1,
  },
  'be-national-number': {
    value: (random) => {
      const start = yearFirst(random) + padded(1 + below(random, 997), 3);
      return start + padded(97 - remainder(start, 97));
    },
    print: (value) => `${grouped(value.slice(0, 6), '.', 2, 2)}-${value.slice(6, 9)}.${value.slice(9)}`,
    labels: ['Rijksregisternummer', 'INSZ', 'Numéro national'],
    promised: ['printed', 'labelled'],
    check: 1,
  },
  'ch-ahv': {
    value: (random) => {
      const start = `756${digits(random, 9)}`;
      return start + ean13(start);
    },
    print: (value, random) => grouped(value, pick(random, ['.', '.', ' ']), 3, 4, 4),
    labels: ['AHV-Nummer', 'No AVS'],
    promised: ['printed', 'bare', 'labelled'],
    check: 1,
  },
  'cz-birth-number': {
    value: (random) => {
      const start = yearFirst(random, { month: pick(random, [0, 50]) }).replace(/^4/, '5') + digits(random, 3);
      return start + String((Number(start) % 11) % 10);
    },
    print: (value) => grouped(value, '/', 6),
    labels: ['Rodné číslo', 'rodné č. / rodné číslo', 'r.č.'],
    promised: ['printed', 'labelled'],
    check: 1,
  },
  'de-tax-id': {
    value: (random) => {
      const start = until(() => idNrDigits(random));
      return start + mod11and10(start);
    },
    print: (value) => grouped(value, ' ', 2, 3, 3),
    labels: ['Steuer-ID', 'Steueridentifikationsnummer', 'IdNr.', 'tax_id'],
    promised: ['printed', 'labelled'],
    check: 1,
  },
  'de-social-security': {
    value: (random) => {
      const start = `${pick(random, ['02', '13', '24', '38', '53', '65'])}${dayFirst(random)}${draw(random, 1, CAPITALS)}${digits(random, 2)}`;
      return start + deSocialSecurity(start);
    },
    print: (value) => grouped(value, ' ', 2, 6, 1),
    labels: ['Versicherungsnummer', 'RVNR'],
    promised: ['printed', 'bare', 'labelled'],
    check: 1,
  },
  'de-tax-number': {
    value: (random) => `${pick(random, ['1', '2'])}${digits(random, 10)}`,
    print: (value) => grouped(value, '/', 3, 3),
    labels: ['Steuernummer', 'St.-Nr.'],
    promised: ['printed'],
  },
  'dk-cpr': {
    value: (random) =>
      until(() => {
        const start = dayFirst(random) + padded(below(random, 400), 3);
        const check = digit((11 - (weighted(start, [4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11);
        return check === undefined ? undefined : start + check;
      }),
    print: (value) => grouped(value, '-', 6),
    labels: ['CPR-nr.', 'cpr', 'Personnummer'],
    promised: ['printed', 'labelled'],
  },
  'es-dni': {
    value: (random) => {
      const start = digits(random, 8);
      return start + spanishLetter(start);
    },
    print: (value, random) =>
      pick(random, [grouped(value, '-', 8), `${grouped(value.slice(0, 8), '.', 2, 3)}-${value.slice(8)}`]),
    labels: ['DNI', 'NIF nº'],
    promised: ['printed', 'bare', 'labelled'],
    check: 1,
  },
  'es-nie': {
    value: (random) => {
      const [letter, rest] = [draw(random, 1, 'XYZ'), digits(random, 7)];
      return letter + rest + spanishLetter(String('XYZ'.indexOf(letter)) + rest);
    },
    print: (value) => grouped(value, '-', 1, 7),
    labels: ['NIE'],
    promised: ['printed', 'bare', 'labelled'],
    check: 1,
  },
  'fi-hetu': {
    value: (random) => {
      const [born, serial] = [dayFirst(random), padded(2 + below(random, 898), 3)];
      return `${born}${pick(random, ['-', '-', 'Y', 'X'])}${serial}${finnishCharacter(born + serial)}`;
    },
    labels: ['Henkilötunnus', 'hetu'],
    promised: ['bare', 'labelled'],
    check: 1,
  },
  'fr-nir': {
    value: nir,
    print: (value) => grouped(value, ' ', 1, 2, 2, 2, 3, 3),
    labels: ['NIR', 'N° de sécurité sociale'],
    promised: ['printed', 'bare', 'labelled'],
    check: 1,
  },
  'fr-tax-number': {
    value: (random) => {
      const start = draw(random, 1, '0123') + digits(random, 9);
      return start + padded(remainder(start, 511), 3);
    },
    print: (value) => grouped(value, ' ', 2, 2, 3, 3),
    labels: ['Numéro fiscal', 'SPI', 'N° fiscal'],
    promised: ['labelled'],
    check: 1,
  },
  'gb-nino': {
    value: (random) => pick(random, NINO_PREFIXES) + digits(random, 6) + draw(random, 1, 'ABCD'),
    print: (value) => grouped(value, ' ', 2, 2, 2, 2),
    labels: ['NINO', 'National Insurance number'],
    promised: ['printed', 'bare', 'labelled'],
  },
  'gb-nhs': {
    value: (random) =>
      until(() => {
        const start = draw(random, 1, '4679') + digits(random, 8);
        const check = digit((11 - (weighted(start, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11);
        return check === undefined ? undefined : start + check;
      }),
    print: (value) => grouped(value, ' ', 3, 3),
    labels: ['NHS number', 'nhs_no'],
    promised: ['printed', 'labelled'],
    check: 1,
  },
  'gb-utr': {
    value: (random) => {
      const rest = digits(random, 9);
      return '21987654321'.charAt(weighted(rest, [6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11) + rest;
    },
    print: (value) => grouped(value, ' ', 5),
    labels: ['UTR', 'Unique Taxpayer Reference'],
    promised: ['labelled'],
    check: 10,
  },
  'ie-pps': {
    value: (random) => {
      const [start, second] = [digits(random, 7), pick(random, ['', 'A', 'B', 'H'])];
      return start + irishLetter(start, second || 'W') + second;
    },
    labels: ['PPSN', 'PPS No'],
    promised: ['bare', 'labelled'],
  },
  'it-codice-fiscale': {
    value: italian,
    labels: ['Codice fiscale', 'C.F.'],
    promised: ['bare', 'labelled'],
    check: 1,
  },
  'nl-bsn': {
    value: (random) =>
      until(() => {
        const start = number(random, 8);
        const check = digit(weighted(start, [9, 8, 7, 6, 5, 4, 3, 2]) % 11);
        return check === undefined ? undefined : start + check;
      }),
    print: (value) => grouped(value, '.', 4, 2),
    labels: ['BSN', 'Burgerservicenummer', 'bsn_nummer'],
    promised: ['printed', 'labelled'],
    check: 1,
  },
  'no-national-id': {
    value: norwegian,
    print: (value) => grouped(value, ' ', 6),
    labels: ['Fødselsnummer', 'fnr.', 'D-nummer'],
    promised: ['printed', 'labelled'],
    check: 1,
  },
  'pl-pesel': {
    value: (random) => {
      const start = yearFirst(random) + digits(random, 4);
      return start + String((10 - (weighted(start, [1, 3, 7, 9]) % 10)) % 10);
    },
    labels: ['PESEL', 'numer PESEL'],
    promised: ['labelled'],
    check: 1,
  },
  'pl-nip': {
    value: (random) =>
      until(() => {
        const start = number(random, 9);
        const check = digit(weighted(start, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11);
        return check === undefined ? undefined : start + check;
      }),
    print: (value, random) => pick(random, [grouped(value, '-', 3, 3, 2), grouped(value, '-', 3, 2, 2)]),
    labels: ['NIP', 'numer NIP'],
    promised: ['printed', 'labelled'],
    check: 1,
  },
  'pt-nif': {
    value: (random) => {
      const start = draw(random, 1, '12356') + digits(random, 7);
      const rest = 11 - (weighted(start, [9, 8, 7, 6, 5, 4, 3, 2]) % 11);
      return start + String(rest > 9 ? 0 : rest);
    },
    print: (value) => grouped(value, ' ', 3, 3),
    labels: ['NIF', 'Contribuinte n.º', 'Número de contribuinte'],
    promised: ['labelled'],
    check: 1,
  },
  'pt-citizen-card': {
    value: (random) => {
      const start = digits(random, 9) + draw(random, 1, CAPITALS) + draw(random, 1, CAPITALS);
      return start + portugueseCard(start);
    },
    print: (value) => grouped(value, ' ', 8, 1),
    labels: ['Cartão de Cidadão', 'CC n.º'],
    promised: ['printed', 'bare', 'labelled'],
    check: 1,
  },
  'se-personnummer': {
    value: (random) => {
      const start = yearFirst(random, { day: pick(random, [0, 0, 60]) }) + padded(1 + below(random, 998), 3);
      return start + luhn(start);
    },
    print: (value, random) => pick(random, ['', '19']) + grouped(value, '-', 6),
    labels: ['Personnummer', 'personnr', 'Samordningsnummer'],
    promised: ['printed', 'labelled'],
    check: 1,
  },
  'us-ssn': {
    value: (random) =>
      padded(1 + below(random, 665), 3) + padded(1 + below(random, 99)) + padded(1 + below(random, 9999), 4),
    print: (value) => grouped(value, '-', 3, 2),
    labels: ['SSN', 'Social Security Number'],
    promised: ['printed', 'labelled'],
  },
  'us-itin': {
    value: (random) => `9${digits(random, 2)}${String(70 + below(random, 19))}${digits(random, 4)}`,
    print: (value) => grouped(value, '-', 3, 2),
    labels: ['ITIN'],
    promised: ['printed'],
  },
};
