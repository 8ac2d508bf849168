/** Whether this Airlock makes the same plan again, as people read it. */
import type { Page } from '../../core/page';
import { show } from '../../core/visible';

/**
 * @param files how many files the plan has that was made again
 * @param different those that are not the same
 */
export const reproducedPage = (files: number, different: readonly string[]): Page =>
  different.length === 0
    ? show`reproduced: synthesized again, all ${files} files are the same; no verdict rests on it`
    : [
        show`not reproduced: synthesized again, ${different.length} files differ; the verdicts above are of the plan that was given`,
        ...different.map((file) => show`  ${file}`),
      ];
