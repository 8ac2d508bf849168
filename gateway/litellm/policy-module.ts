/** The program that LiteLLM loads: one file, since it loads by path and takes nothing from beside it. */
import { assetText } from '../../core/assets';

/** Each imports from those before it alone. */
export const PARTS = [
  'airlock_refusal.py',
  'airlock_body.py',
  'airlock_texts.py',
  'airlock_fields.py',
  'airlock_answers.py',
  'airlock_door.py',
  'airlock_policy.py',
] as const;

/** Imports of other parts, each on a line of its own. */
const OWN_IMPORT = /^from airlock_\w+ import .*\n/gm;

export const readPart = (name: (typeof PARTS)[number]): string => assetText(`gateway/litellm/${name}`);

/** All parts after one another; their names are distinct (see the tests). */
export const policyModule = (): string =>
  PARTS.map((name) => readPart(name).replaceAll(OWN_IMPORT, '').trim()).join('\n\n\n') + '\n';
