/** Poland. */
import { alone, DAY, either, HYPHEN, labelled } from '../parts';
import type { RedactionPack } from '../pattern';

/** 20, 40, 60 or 80 more than the month tell the century. */
const MONTH = '(?:[02468][1-9]|[13579][0-2])';

export const pl: RedactionPack = {
  title: 'Poland',
  patterns: [
    {
      name: 'pl-pesel',
      finds: 'PESEL of eleven digits after its name',
      source: 'Poland, act of 24 September 2010 on the register of population, article 15',
      pattern: labelled(['PESEL'], `[0-9]{2}${MONTH}${DAY}[0-9]{5}`),
      limits: 'misses eleven bare digits without a label: one in five random numbers has the form',
      matches: ['PESEL: 44051401359', '"pesel": "44051401359"', 'numer PESEL to 02070803628'],
      spares: ['44051401359', 'PESEL 44001401359', 'PESEL 440514'],
    },
    {
      name: 'pl-nip',
      finds: 'NIP (tax number): printed with hyphens, or in one piece after its name',
      source: 'Poland, act of 13 October 1995 on the registration of taxpayers; Ministry of Finance, "NIP"',
      pattern: either(
        alone(`[1-9][0-9]{2}${HYPHEN}(?:[0-9]{3}${HYPHEN}[0-9]{2}|[0-9]{2}${HYPHEN}[0-9]{2})${HYPHEN}[0-9]{2,3}`),
        labelled(['NIP'], '[1-9][0-9]{9}'),
      ),
      limits: 'misses ten bare digits without a label; the check digit is not verified',
      matches: ['856-734-62-15', '768-00-02-466', 'NIP 8567346215'],
      spares: ['8567346215', '856-734-6215', '2024-05-06'],
    },
  ],
};
