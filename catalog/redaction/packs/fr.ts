/** France. */
import { alone, labelled, SPACE } from '../parts';
import type { RedactionPack } from '../pattern';

const GAP = `${SPACE}?`;
/** 20 and above stand for a month that is not known. */
const MONTH = '(?:0[1-9]|1[0-2]|[2-9][0-9])';
const FISCAL_LABELS = [
  'Numéro fiscal',
  'Numero fiscal',
  'N° fiscal',
  'Identifiant fiscal',
  'Référence fiscale',
  'SPI',
  'NIF',
];

export const fr: RedactionPack = {
  title: 'France',
  patterns: [
    {
      name: 'fr-nir',
      finds: 'NIR (numéro de sécurité sociale) with its key, in groups or in one piece',
      source: 'France, decree 82-103; INSEE, "Numéro d’inscription au répertoire"',
      pattern: alone(
        `[1-478]${GAP}[0-9]{2}${GAP}${MONTH}${GAP}(?:[0-9]{2}|2[ABab])${GAP}[0-9]{3}${GAP}[0-9]{3}(?:${SPACE}|/|-)?[0-9]{2}`,
      ),
      limits: 'misses it without the key; 15-digit numbers with a possible month in them are redacted too',
      matches: ['2 95 10 99 126 111 93', '295109912611193', '1 86 05 2A 126 111 46'],
      spares: ['2951099126111', '995109912611193', '2 95 00 99 126 111 93'],
    },
    {
      name: 'fr-tax-number',
      finds: 'Numéro fiscal (SPI) of 13 digits after its name',
      source: 'France, DGFiP, "Le numéro fiscal"; OECD, "France: information on tax identification numbers"',
      pattern: labelled(FISCAL_LABELS, `[0-3][0-9]${GAP}[0-9]{2}${GAP}[0-9]{3}${GAP}[0-9]{3}${GAP}[0-9]{3}`),
      limits: 'misses it without a label; the check digits are not verified',
      matches: ['numéro fiscal : 30 23 217 600 053', 'SPI 3023217600053'],
      spares: ['3023217600053', 'NIF 123456789'],
    },
  ],
};
