/** Netherlands. */
import { alone, either, labelled } from '../parts';
import type { RedactionPack } from '../pattern';

export const nl: RedactionPack = {
  title: 'Netherlands',
  patterns: [
    {
      name: 'nl-bsn',
      finds: 'Burgerservicenummer: printed with dots, or in one piece after its name',
      source: 'Netherlands, Wet algemene bepalingen burgerservicenummer; Logisch ontwerp BSN ("elfproef")',
      pattern: either(
        alone('[0-9]{4}\\.[0-9]{2}\\.[0-9]{3}'),
        labelled(
          ['BSN', 'Burgerservicenummer', 'Sofinummer', 'Citizen service number'],
          '[0-9]{4}[. ]?[0-9]{2}[. ]?[0-9]{3}',
        ),
      ),
      limits: 'misses nine bare digits without a label; the check digit is not verified',
      matches: ['1112.22.333', 'BSN: 111222333', '"bsn": "111222333"'],
      spares: ['111222333', '111.222.333', 'BSN of 12 pupils'],
    },
  ],
};
