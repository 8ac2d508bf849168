/** Text that no spreadsheet takes for a formula: in a file for them, or copied into one. */
import { visible } from '../../core/visible';

/**
 * Where a spreadsheet would begin to compute: at the start of a cell, and behind a semicolon, since the spreadsheets of many
 * countries take that for what separates cells (OWASP, "CSV Injection"). Tabs and line ends are no characters of visible text.
 */
const FORMULA = /(^|;)(\s*)(?=[=+\-@＝＋－＠])/g;

/** The text, visible; the apostrophe is what spreadsheets themselves write before text that is none of theirs. */
export const inert = (text: string): string => visible(text).replace(FORMULA, "$1$2'");
