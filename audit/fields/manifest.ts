/** Fields of CDKTF's list of stacks (hashicorp/terraform-cdk packages/cdktf/lib/manifest.ts). */
import { ANY_TEXT, type FieldTable, harmless, judged } from './disposition';

const STACK = 'stacks.*';

/** Of `manifest.json`, from its root. What reads the plan judges the rest: it refuses what leads elsewhere. */
export const MANIFEST_FIELDS: FieldTable = {
  version: harmless(ANY_TEXT, 'the version of CDKTF that wrote it'),
  [`${STACK}.name`]: judged('AIR-PLAN-1'),
  [`${STACK}.synthesizedStackPath`]: judged('AIR-PLAN-1'),
  [`${STACK}.workingDirectory`]: judged('AIR-PLAN-1'),
  [`${STACK}.constructPath`]: harmless(ANY_TEXT, 'where the stack stands in the program that wrote it'),
  [`${STACK}.stackMetadataPath`]: harmless(ANY_TEXT, 'where CDKTF would write what it knows of the stack'),
  [`${STACK}.annotations[].constructPath`]: harmless(ANY_TEXT, 'what synthesis told people'),
  [`${STACK}.annotations[].level`]: harmless(ANY_TEXT, 'what synthesis told people'),
  [`${STACK}.annotations[].message`]: harmless(ANY_TEXT, 'what synthesis told people'),
  [`${STACK}.annotations[].stacktrace[]`]: harmless(ANY_TEXT, 'what synthesis told people'),
  [`${STACK}.dependencies[]`]: harmless(
    ANY_TEXT,
    'the order of stacks of the plan: each brings its namespaces with their policies, in an order of its own',
  ),
};
