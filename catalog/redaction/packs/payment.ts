/** Bank accounts and payment cards. */
import { ibanPattern } from '../iban';
import { alone, SPACE } from '../parts';
import type { RedactionPack } from '../pattern';

const SEPARATOR = `(?:${SPACE}|-)?`;
/** First four digits of Visa, Mastercard, JCB, Maestro, Discover and UnionPay numbers. */
const FIRST_FOUR = [
  '4[0-9]{3}',
  '5[0-9]{3}',
  '6[0-9]{3}',
  '2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)',
  '35(?:2[89]|[3-8][0-9])',
].join('|');

export const payment: RedactionPack = {
  title: 'bank accounts and payment cards',
  patterns: [
    {
      name: 'payment-iban',
      finds: 'IBANs of the 89 countries in the registry, in groups of four or in one piece',
      source: 'SWIFT, IBAN Registry (ISO 13616-1:2020), release 101',
      pattern: ibanPattern(),
      limits: 'check digits are not verified: 96 of 97 texts of the right country and structure are no IBAN',
      matches: ['DE89 3704 0044 0532 0130 00', 'IBAN: nl91abna0417164300', 'konto_AT611904300234573201.pdf'],
      spares: ['DE89 3704 0044 0532 0130', 'ZZ89370400440532013000', 'DE 89 cm, 3704 g'],
    },
    {
      name: 'payment-card',
      finds: 'numbers of payment cards with 14 to 19 digits, in their groups or in one piece',
      source:
        'ISO/IEC 7812-1:2017; issuer ranges as Visa, Mastercard, American Express, JCB and Diners Club publish them',
      pattern: alone(
        [
          `(?:${FIRST_FOUR})(?:${SEPARATOR}[0-9]{4}){3}(?:${SEPARATOR}[0-9]{3})?`,
          `3[47][0-9]{2}${SEPARATOR}[0-9]{6}${SEPARATOR}[0-9]{5}`,
          `3(?:0[0-5]|[689][0-9])[0-9]${SEPARATOR}[0-9]{6}${SEPARATOR}[0-9]{4}`,
        ].join('|'),
      ),
      limits: 'the Luhn digit is not verified, so nine of ten other 16-digit numbers of these ranges are redacted too',
      matches: ['4111 1111 1111 1111', '5500-0000-0000-0004', 'amex 378282246310005', '30569309025904'],
      spares: ['1234 5678 9012 3456', '4111 1111 1111', '41111111111111111111111'],
    },
  ],
};
