/** Denmark. */
import { alone, DAY, either, HYPHEN, labelled, MONTH } from '../parts';
import type { RedactionPack } from '../pattern';

const BIRTH = `${DAY}${MONTH}[0-9]{2}`;

export const dk: RedactionPack = {
  title: 'Denmark',
  patterns: [
    {
      name: 'dk-cpr',
      finds: 'CPR number: printed with its hyphen, or in one piece after its name',
      source: 'Denmark, CPR-kontoret, "Personnummeret i CPR" (numbers without a valid check digit since 2007)',
      pattern: either(
        alone(`${BIRTH}${HYPHEN}[0-9]{4}`),
        labelled(['CPR', 'Personnummer', 'Person nr', 'CPR nummer'], `${BIRTH}[ -]?[0-9]{4}`),
      ),
      limits: 'misses ten bare digits without a label',
      matches: ['211062-5629', 'CPR-nr. 2110625629'],
      spares: ['2110625629', '411362-5629', '211062-562'],
    },
  ],
};
