/** Belgium. */
import { alone, DAY, either, labelled } from '../parts';
import type { RedactionPack } from '../pattern';

/** BIS numbers add 20 or 40 to the month; 00 stands for what is not known. */
const MONTH = '(?:[024][0-9]|[135][0-2])';
const LABELS = [
  'Rijksregisternummer',
  'Registre national',
  'Numéro national',
  'National number',
  'NISS',
  'INSZ',
  'NRN',
];

export const be: RedactionPack = {
  title: 'Belgium',
  patterns: [
    {
      name: 'be-national-number',
      finds: 'Rijksregisternummer and BIS number: printed with dots and hyphen, or in one piece after its name',
      source:
        'Belgium, royal decree of 3 April 1984 on the national number; IBZ, "Instructions for the national register"',
      pattern: either(
        alone(`[0-9]{2}\\.${MONTH}\\.(?:00|${DAY})-[0-9]{3}\\.[0-9]{2}`),
        labelled(LABELS, `[0-9]{2}[ .]?${MONTH}[ .]?(?:00|${DAY})[ -]?[0-9]{3}[ .]?[0-9]{2}`),
      ),
      limits: 'misses eleven bare digits without a label; the check digits are not verified',
      matches: ['85.07.30-033.28', 'INSZ 85073003328'],
      spares: ['85073003328', '85.07.30', '85.99.30-033.28'],
    },
  ],
};
