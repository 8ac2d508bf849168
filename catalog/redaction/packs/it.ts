/** Italy. */
import { alone } from '../parts';
import type { RedactionPack } from '../pattern';

/** A digit, or the letter that replaces it where two people would share a code (omocodia). */
const DIGIT = '[0-9LMNP-Vlmnp-v]';

export const it: RedactionPack = {
  title: 'Italy',
  patterns: [
    {
      name: 'it-codice-fiscale',
      finds: 'Codice fiscale of persons, also with letters in place of digits',
      source: 'Italy, ministerial decree of 23 December 1976; Agenzia delle Entrate, "Codice fiscale"',
      pattern: alone(
        `[A-Za-z]{6}${DIGIT}{2}[A-EHLMPR-Ta-ehlmpr-t][0-7LMNP-Tlmnp-t]${DIGIT}[A-Za-z]${DIGIT}{3}[A-Za-z]`,
      ),
      limits: 'the check letter is not verified; hardly anything else has the form. Misses it with spaces in it',
      matches: ['RCCMNL83S18D969H', 'cf: rccmnl83s18d969h', 'RCCMNL83S18D96VS'],
      spares: ['RCCMNL83S18D969', 'RCCMNL83X18D969H', '1CCMNL83S18D969H'],
    },
  ],
};
