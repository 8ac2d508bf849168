/** A file of waivers, for a person to complete. */
import { stringify } from 'yaml';
import { waiversFile } from '../../audit/waivers/propose-waivers';
import type { Waiver } from '../../audit/waivers/waiver';
import type { Page } from '../../core/page';
import { lines, linesOf } from '../../core/visible';

/** Every value in a line of its own, whatever it holds. */
const ONE_LINE = { lineWidth: 0, blockQuote: false, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER } as const;

export const waiversPage = (waivers: readonly Waiver[]): Page => ({
  verbatim: lines(linesOf(stringify(waiversFile(waivers), ONE_LINE).trimEnd())),
});
