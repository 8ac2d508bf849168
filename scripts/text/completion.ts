/** The script of a shell. */
import type { Page } from '../../core/page';
import { lines, linesOf } from '../../core/visible';

export const scriptPage = (script: string): Page => ({ verbatim: lines(linesOf(script.trimEnd())) });
