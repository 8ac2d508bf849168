/** Norway. */
import { alone, either, labelled, SPACE } from '../parts';
import type { RedactionPack } from '../pattern';

/** D numbers add 40 to the day. */
const BIRTH = '(?:[04][1-9]|[1256][0-9]|[37][01])(?:0[1-9]|1[0-2])[0-9]{2}';
const LABELS = ['Fødselsnummer', 'Fodselsnummer', 'Fødselsnr', 'Personnummer', 'D nummer', 'Fnr'];

export const no: RedactionPack = {
  title: 'Norway',
  patterns: [
    {
      name: 'no-national-id',
      finds: 'Fødselsnummer and D-nummer: printed with its space, or in one piece after its name',
      source: 'Norway, folkeregisterforskriften section 2-2-1; Skatteetaten, "Identitetsnummer"',
      pattern: either(alone(`${BIRTH}${SPACE}[0-9]{5}`), labelled(LABELS, `${BIRTH}[ -]?[0-9]{5}`)),
      limits: 'misses eleven bare digits without a label; the check digits are not verified',
      matches: ['151086 95088', 'fnr. 15108695088', 'D-nummer 55108695088'],
      spares: ['15108695088', '151386 95088', '851086 95088'],
    },
  ],
};
