/** Ireland. */
import { alone } from '../parts';
import type { RedactionPack } from '../pattern';

export const ie: RedactionPack = {
  title: 'Ireland',
  patterns: [
    {
      name: 'ie-pps',
      finds: 'Personal Public Service number: seven digits, a check letter and, since 2013, a second letter',
      source: 'Ireland, Social Welfare Consolidation Act 2005 section 262; Revenue, "PPSN checks"',
      pattern: alone('[0-9]{7}[A-Wa-w][A-IWa-iw]?'),
      limits: 'the letter is not verified; other codes of seven digits and a letter are redacted too',
      matches: ['1234567FA', '6433435F', '6433435f'],
      spares: ['643343F', '6433435', '6433435FZ'],
    },
  ],
};
