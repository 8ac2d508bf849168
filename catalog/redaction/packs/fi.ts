/** Finland. */
import { alone, DAY, MONTH } from '../parts';
import type { RedactionPack } from '../pattern';

export const fi: RedactionPack = {
  title: 'Finland',
  patterns: [
    {
      name: 'fi-hetu',
      finds: 'Henkilötunnus, with all century signs in use since 2023',
      source: 'Finland, DVV, "The personal identity code"; government decree 690/2022 for the new signs',
      pattern: alone(`${DAY}${MONTH}[0-9]{2}[-+A-FU-Ya-fu-y][0-9]{3}[0-9A-FHJ-NPR-Ya-fhj-npr-y]`),
      limits: 'the check character is not verified; Danish and Swedish numbers may have the same form',
      matches: ['131052-308T', '010594Y9032', '131052a308t'],
      spares: ['311352-308T', '131052-308G', '131052308T'],
    },
  ],
};
