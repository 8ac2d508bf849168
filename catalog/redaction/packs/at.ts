/** Austria. */
import { alone, DAY, either, labelled, SPACE } from '../parts';
import type { RedactionPack } from '../pattern';

/** Months beyond 12 are used once the serial numbers of a day are. */
const BIRTH = `${DAY}(?:0[1-9]|1[0-5])[0-9]{2}`;
const LABELS = ['Sozialversicherungsnummer', 'Versicherungsnummer', 'SV Nummer', 'SVNR', 'SV Nr', 'VSNR'];

export const at: RedactionPack = {
  title: 'Austria',
  patterns: [
    {
      name: 'at-social-security',
      finds: 'Sozialversicherungsnummer: printed with its space, or in one piece after its name',
      source: 'Austria, ASVG section 30c; Dachverband der Sozialversicherungsträger, "Versicherungsnummer"',
      pattern: either(alone(`[1-9][0-9]{3}${SPACE}${BIRTH}`), labelled(LABELS, `[1-9][0-9]{3}${SPACE}?${BIRTH}`)),
      limits: 'misses ten bare digits without a label: one in 25 times of a Unix clock ends in a date',
      matches: ['1237 010180', 'SVNR: 1237010180', '"sv_nummer": "1237010180"'],
      spares: ['1237010180', '1237 990180', '0237 010180'],
    },
    {
      name: 'at-tax-number',
      finds: 'Abgabenkontonummer (Steuernummer), printed with its signs',
      source: 'Austria, BMF, "Steuernummer"; OECD, "Austria: information on tax identification numbers"',
      pattern: alone('[0-9]{2}-[0-9]{3}/[0-9]{4}'),
      limits: 'misses it without hyphen and slash; the check digit is not verified',
      matches: ['59-119/9013'],
      spares: ['591199013', '12-345/678'],
    },
  ],
};
