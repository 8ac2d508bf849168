/** Spain. */
import { alone, HYPHEN, SPACE } from '../parts';
import type { RedactionPack } from '../pattern';

/** The 23 check letters. */
const LETTER = '[A-HJ-NP-TV-Za-hj-np-tv-z]';
const LINK = `(?:${HYPHEN}|${SPACE})?`;

export const es: RedactionPack = {
  title: 'Spain',
  patterns: [
    {
      name: 'es-dni',
      finds: 'DNI (also as NIF): eight digits and a check letter, with or without dots and hyphen',
      source: 'Spain, royal decree 1553/2005; Ministerio del Interior, "Cálculo del dígito de control del NIF/NIE"',
      pattern: alone(`[0-9]{2}(?:\\.[0-9]{3}\\.[0-9]{3}|[0-9]{6})${LINK}${LETTER}`),
      limits: 'the letter is not verified: 22 of 23 other codes of eight digits and a letter are redacted too',
      matches: ['54362315K', 'DNI nº54362315-K', '54.362.315-k'],
      spares: ['54362315', '5436231K', '54362315U'],
    },
    {
      name: 'es-nie',
      finds: 'NIE: X, Y or Z, seven digits and a check letter',
      source: 'Spain, order INT/2058/2008; Ministerio del Interior, "Cálculo del dígito de control del NIF/NIE"',
      pattern: alone(`[XYZxyz]${LINK}[0-9]{7}${LINK}${LETTER}`),
      limits: 'the letter is not verified; other codes of this form are rare',
      matches: ['X2482300W', 'x-2482300-w'],
      spares: ['A2482300W', 'X248230W', 'X2482300U'],
    },
  ],
};
