/** Portugal. */
import { alone, labelled, SPACE } from '../parts';
import type { RedactionPack } from '../pattern';

const NIF_LABELS = ['NIF', 'Número de contribuinte', 'Contribuinte', 'Número fiscal', 'NIPC'];

export const pt: RedactionPack = {
  title: 'Portugal',
  patterns: [
    {
      name: 'pt-nif',
      finds: 'NIF of nine digits after its name',
      source: 'Portugal, decree-law 14/2013; Autoridade Tributária, "Número de identificação fiscal"',
      pattern: labelled(NIF_LABELS, `[1-9][0-9]{2}(?:${SPACE}?[0-9]{3}){2}`),
      limits: 'misses nine digits without a label; the check digit is not verified',
      matches: ['NIF: 501964843', 'contribuinte n.º 501 964 843'],
      spares: ['501964843', 'NIF 12345'],
    },
    {
      name: 'pt-citizen-card',
      finds: 'number of the Cartão de Cidadão with its version and check digit',
      source: 'Portugal, AMA, "Validação de número de documento do Cartão de Cidadão"',
      pattern: alone(`[0-9]{8}${SPACE}?[0-9]${SPACE}?[A-Za-z][0-9A-Za-z][0-9]`),
      limits:
        'the check digit is not verified; other codes of this form are rare. Misses versions that begin with a digit',
      matches: ['00000000 0 ZZ4', '000000000ZZ4'],
      spares: ['00000000 0', '00000000 0 ZZ', '0000000 0 ZZ4'],
    },
  ],
};
