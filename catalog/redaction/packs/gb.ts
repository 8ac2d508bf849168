/** United Kingdom. */
import { alone, either, labelled, SPACE } from '../parts';
import type { RedactionPack } from '../pattern';

const GAP = `${SPACE}?`;
/** No D, F, I, Q, U or V, O only first, and none of BG, GB, KN, NK, NT, TN and ZZ. */
const PREFIX = [
  '[ACEHJLMOPRSWXYacehjlmoprswxy][ABCEGHJ-NPRSTW-Zabceghj-nprstw-z]',
  '[Bb][ABCEHJ-NPRSTW-Zabcehj-nprstw-z]',
  '[Gg][ACEGHJ-NPRSTW-Zaceghj-nprstw-z]',
  '[Kk][ABCEGHJ-MPRSTW-Zabceghj-mprstw-z]',
  '[Nn][ABCEGHJLMNPRSW-Zabceghjlmnprsw-z]',
  '[Tt][ABCEGHJ-MPRSTW-Zabceghj-mprstw-z]',
  '[Zz][ABCEGHJ-NPRSTW-Yabceghj-nprstw-y]',
].join('|');

export const gb: RedactionPack = {
  title: 'United Kingdom',
  patterns: [
    {
      name: 'gb-nino',
      finds: 'National Insurance number, in pairs or in one piece',
      source: 'United Kingdom, HMRC, National Insurance Manual NIM39110',
      pattern: alone(`(?:${PREFIX})${GAP}[0-9]{2}${GAP}[0-9]{2}${GAP}[0-9]{2}${GAP}[A-Da-d]`),
      limits: 'misses it without its last letter; there is no check digit',
      matches: ['AB 12 34 56 C', 'ab123456c', 'NINO:JG103759A'],
      spares: ['BG 12 34 56 C', 'AB 12 34 56 E', 'DA123456C', 'AB123456'],
    },
    {
      name: 'gb-nhs',
      finds:
        'NHS number (CHI and Health and Care numbers too): in groups of 3, 3 and 4, or in one piece after its name',
      source: 'NHS Data Dictionary, "NHS Number"; ISB 0149',
      pattern: either(
        alone(`[0-9]{3}${SPACE}[0-9]{3}${SPACE}[0-9]{4}`),
        labelled(['NHS', 'CHI', 'H C number'], `[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}`),
      ),
      limits: 'misses ten bare digits without a label; telephone numbers in the same groups are redacted too',
      matches: ['943 476 5919', 'NHS number: 9434765919'],
      spares: ['9434765919', '943-476-5919', '943 476 591'],
    },
    {
      name: 'gb-utr',
      finds: 'Unique Taxpayer Reference of ten digits after its name',
      source: 'United Kingdom, HMRC, "Find your UTR number"; OECD, "United Kingdom: tax identification numbers"',
      pattern: labelled(['UTR', 'Unique Taxpayer Reference'], `[0-9]{5}${GAP}[0-9]{5}`),
      limits: 'misses ten digits without a label; the check digit is not verified',
      matches: ['UTR 1955839661', 'Unique Taxpayer Reference (UTR): 19558 39661'],
      spares: ['1955839661', 'UTR 19558'],
    },
  ],
};
