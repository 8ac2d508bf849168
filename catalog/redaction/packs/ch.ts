/** Switzerland and Liechtenstein. */
import { alone, SPACE } from '../parts';
import type { RedactionPack } from '../pattern';

const DOT = `(?:\\.|${SPACE})?`;

export const ch: RedactionPack = {
  title: 'Switzerland',
  patterns: [
    {
      name: 'ch-ahv',
      finds: 'AHV number (AVS, OASI), with dots, spaces or in one piece',
      source: 'Switzerland, AHVG article 50c; Central Compensation Office ZAS, "AHV number" (EAN-13 with 756)',
      pattern: alone(`756${DOT}[0-9]{4}${DOT}[0-9]{4}${DOT}[0-9]{2}`),
      limits: 'the check digit is not verified: nine of ten other 13-digit numbers from 756 on are redacted too',
      matches: ['756.9217.0769.85', 'AHV 7569217076985', '756 9217 0769 85'],
      spares: ['755.9217.0769.85', '756.9217.0769', '75692170769851'],
    },
  ],
};
