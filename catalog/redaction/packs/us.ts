/** United States. */
import { alone, either, HYPHEN, labelled, SPACE } from '../parts';
import type { RedactionPack } from '../pattern';

const LINK = `(?:${HYPHEN}|${SPACE})`;
/** Never 000, 666 or 900 to 999. */
const AREA = '(?:00[1-9]|0[1-9][0-9]|[1-57-8][0-9]{2}|6(?:[0-57-9][0-9]|6[0-57-9]))';
const GROUP = '(?:0[1-9]|[1-9][0-9])';
const SERIAL = '(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})';

export const us: RedactionPack = {
  title: 'United States',
  patterns: [
    {
      name: 'us-ssn',
      finds: 'Social Security number: in its three groups, or in one piece after its name',
      source: 'United States, SSA, "Social Security Number Randomization"; POMS RM 10201.035',
      pattern: either(
        alone(`${AREA}${LINK}${GROUP}${LINK}${SERIAL}`),
        labelled(
          ['SSN', 'Social Security Number', 'Social Security No', 'Social Security'],
          `${AREA}${GROUP}${SERIAL}`,
        ),
      ),
      limits: 'misses nine bare digits without a label; there is no check digit',
      matches: ['536-90-4399', '536 90 4399', 'SSN: 536904399', '"ssn": "536904399"'],
      spares: ['536904399', '666-90-4399', '000-90-4399', '536-00-4399', '536-90-0000'],
    },
    {
      name: 'us-itin',
      finds: 'Individual Taxpayer Identification Number, in its three groups',
      source: 'United States, IRS, Internal Revenue Manual 3.21.263',
      pattern: alone(`9[0-9]{2}${LINK}(?:5[0-9]|6[0-5]|7[0-9]|8[0-8]|9[0-24-9])${LINK}[0-9]{4}`),
      limits: 'misses nine bare digits; there is no check digit',
      matches: ['912-90-3456'],
      spares: ['912903456', '912-89-3456', '812-90-3456'],
    },
  ],
};
