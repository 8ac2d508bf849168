/** How each block of the pages is held: it is run, or has a shape, or is listed with a reason. */
import { JOURNEYS } from './journeys';
import { listedFor } from './listed';
import type { Block } from './page';
import { statementsOf } from './statements';
import { isTypedWhole } from './typed-whole';

export type Held = 'run' | 'shape' | 'listed';

/** Languages whose samples have a shape; those of TypeScript are run, too. */
const SHAPED: readonly string[] = ['sh', 'yaml', 'json'];

const isTypeScript = ({ language }: Block): boolean => language === 'ts' || language === 'typescript';

/** Whether a statement of a page is run by one of its journeys. */
const isRun = (page: string, statement: string): boolean =>
  JOURNEYS.some(
    (journey) =>
      journey.page === page && !Object.keys(journey.skips ?? {}).some((start) => statement.startsWith(start)),
  );

const isPrinted = ({ page, code }: Block): boolean =>
  JOURNEYS.some(
    (journey) => journey.page === page && Object.keys(journey.prints ?? {}).some((start) => code.startsWith(start)),
  );

/** @returns undefined for a block that nothing holds */
export function heldBy(block: Block): Held | undefined {
  const { page, language, code } = block;
  if (listedFor(block) !== undefined) return 'listed';
  if (isTypedWhole(block)) return 'run';
  if (isTypeScript(block) || isPrinted(block)) return 'run';
  if (language === 'sh' && statementsOf(code).some((statement) => isRun(page, statement))) return 'run';
  return SHAPED.includes(language) ? 'shape' : undefined;
}
