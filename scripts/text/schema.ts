/** The JSON Schema of a file, for a program to read. */
import type { Page } from '../../core/page';
import { lines, linesOf } from '../../core/visible';

export const schemaPage = (schema: object): Page => ({ verbatim: lines(linesOf(JSON.stringify(schema, null, 2))) });
