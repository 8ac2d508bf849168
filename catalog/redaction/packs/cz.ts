/** Czechia and Slovakia. */
import { alone, DAY, either, labelled } from '../parts';
import type { RedactionPack } from '../pattern';

/** Women have 50 added to the month; 20 more once the numbers of a day are used. */
const BIRTH = `[0-9]{2}(?:[0257][1-9]|[1368][0-2])${DAY}`;

export const cz: RedactionPack = {
  title: 'Czechia and Slovakia',
  patterns: [
    {
      name: 'cz-birth-number',
      finds: 'Rodné číslo: printed with its slash, or in one piece after its name',
      source: 'Czechia, act 133/2000 on the register of citizens, section 13; Slovakia, act 301/1995',
      pattern: either(
        alone(`${BIRTH}/[0-9]{3,4}`),
        labelled(['Rodné číslo', 'Rodne cislo', 'R č', 'Birth number'], `${BIRTH}/?[0-9]{3,4}`),
      ),
      limits: 'misses bare digits without a label; the check digit is not verified',
      matches: ['710319/2745', 'rodné číslo 7103192745', '991231/123'],
      spares: ['7103192745', '719919/2745'],
    },
  ],
};
