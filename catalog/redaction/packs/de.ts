/** Germany. */
import { alone, DAY, either, labelled, MONTH, SPACE } from '../parts';
import type { RedactionPack } from '../pattern';

const TAX_ID_LABELS = [
  'Steuer ID',
  'Steueridentifikationsnummer',
  'Steuerliche Identifikationsnummer',
  'Identifikationsnummer',
  'Steuer Identifikationsnummer',
  'IdNr',
  'Tax ID',
];

export const de: RedactionPack = {
  title: 'Germany',
  patterns: [
    {
      name: 'de-tax-id',
      finds: 'Steuerliche Identifikationsnummer: printed in groups, or in one piece after its name',
      source: 'Germany, AO section 139b; BZSt, "Steuerliche Identifikationsnummer" (ISO/IEC 7064 MOD 11,10)',
      pattern: either(
        alone(`[1-9][0-9]${SPACE}[0-9]{3}${SPACE}[0-9]{3}${SPACE}[0-9]{3}`),
        labelled(TAX_ID_LABELS, `[1-9][0-9](?:${SPACE}?[0-9]{3}){3}`),
      ),
      limits:
        'misses eleven bare digits without a label; sums above ten thousand million in such groups are redacted too',
      matches: ['36 574 261 809', 'Steuer-ID: 36574261809', '"tax_id": "36574261809"'],
      spares: ['36574261809', '06 574 261 809', '36 574 261'],
    },
    {
      name: 'de-social-security',
      finds: 'Versicherungsnummer (Rentenversicherung), in groups or in one piece',
      source: 'Germany, SGB VI section 147; VKVV section 2',
      pattern: alone(`[0-9]{2}${SPACE}?${DAY}${MONTH}[0-9]{2}${SPACE}?[A-Za-z]${SPACE}?[0-9]{2}${SPACE}?[0-9]`),
      limits: 'the check digit is not verified; other codes of this form are rare',
      matches: ['15 070649 C 103', '15070649C103', '15 070649 C 10 3'],
      spares: ['15 990649 C 103', '15070649103', '15 070649 CC 03'],
    },
    {
      name: 'de-tax-number',
      finds: 'Steuernummer, printed with its slashes',
      source: 'Germany, BMF, "Aufbau der Steuernummer"; AO section 139a for its successor',
      pattern: alone('[0-9]{2,3}/[0-9]{3}/[0-9]{4,5}|[0-9]{3}/[0-9]{4}/[0-9]{4}'),
      limits: 'misses it without slashes; the check digit is not verified, as each Land has its own',
      matches: ['181/815/08155', '93/815/08152', 'St.-Nr. 133/8150/8159'],
      spares: ['18181508155', '12/05/2024', '1/815/08155'],
    },
  ],
};
