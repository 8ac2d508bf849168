/** Text in a SARIF message: plain, and nothing in it is taken for more (SARIF 2.1.0, section 3.11). */
import { type Line, visible } from '../../../core/visible';

/**
 * Braces are placeholders unless they are doubled (3.11.5), and `[text](target)` is a link unless a bracket is escaped
 * (3.11.6): names of a plan are neither.
 */
const literal = (text: Line): string => text.replaceAll('{', '{{').replaceAll('}', '}}').replaceAll('](', '\\](');

/** A message of one visible line. */
export const message = (text: string): { text: string } => ({ text: literal(visible(text)) });

/** A sentence with its end, for messages of several. */
export const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const HALF = /\p{Surrogate}/gu;

/** A path below the plan's folder as a relative reference (RFC 3986, section 4.2). */
export const relativeUri = (file: string): string =>
  file
    .split('/')
    .map((segment) => encodeURIComponent(segment.replace(HALF, '\ufffd')))
    .join('/');
