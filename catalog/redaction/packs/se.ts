/** Sweden. */
import { alone, either, labelled, MONTH } from '../parts';
import type { RedactionPack } from '../pattern';

/** Coordination numbers add 60 to the day. */
const BIRTH = `(?:19|20)?[0-9]{2}${MONTH}(?:[06][1-9]|[1278][0-9]|[39][01])`;
const LABELS = ['Personnummer', 'Personnr', 'Person nr', 'Samordningsnummer', 'Pnr'];

export const se: RedactionPack = {
  title: 'Sweden',
  patterns: [
    {
      name: 'se-personnummer',
      finds: 'Personnummer and samordningsnummer: with hyphen or plus, or in one piece after its name',
      source: 'Sweden, Folkbokföringslagen (1991:481) section 18; Skatteverket, SKV 704',
      pattern: either(alone(`${BIRTH}[-+\u2010\u2011][0-9]{4}`), labelled(LABELS, `${BIRTH}[ +-]?[0-9]{4}`)),
      limits: 'misses bare digits without a label: twelve of them are also a date and a time of day',
      matches: ['811218-9876', '19811218-9876', 'personnr 198112189876', '701063+2391'],
      spares: ['202411260930', '8112189876', '811399-9876'],
    },
  ],
};
