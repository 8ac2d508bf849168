/** Packs and a site's own patterns as one list, for gateways and the trace collector alike. */
import { badInput } from '../../core/errors';
import { REDACTION_PACKS, type RedactionPackName } from './packs';
import { matchingCost } from './matching-cost';
import type { RedactionPattern, SitePattern } from './pattern';
import { parseShared } from './shared-syntax';

/**
 * Longest match in bytes: agentgateway checks streamed answers in windows that overlap by so many bytes
 * (crates/agentgateway/src/llm/policy/streaming_guardrails.rs, OVERLAP_BYTES), and a longer one could fall between two.
 */
export const LONGEST_MATCH = 256;
/** Ways to read one text, above which Python's re takes a noticeable time for each character. */
export const MOST_WAYS = 10_000;

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

function packOf(name: string): readonly RedactionPattern[] {
  if (Object.hasOwn(REDACTION_PACKS, name)) return REDACTION_PACKS[name as RedactionPackName].patterns;
  throw badInput(
    'REDACTION_INVALID',
    `redaction pack "${name}" does not exist`,
    `packs: ${Object.keys(REDACTION_PACKS).join(', ')}`,
  );
}

/**
 * @throws AirlockError (input) for a pattern that engines read differently, that matches nothing at all, or that could be slow
 */
export function checkPattern(name: string, pattern: string): void {
  const what = `redaction pattern ${name}:`;
  const { empty, longest, ways } = matchingCost(parseShared(what, pattern));
  if (empty)
    throw badInput(
      'REDACTION_INVALID',
      `${what} "${pattern}" matches the empty text, so everywhere`,
      'make some part of it obligatory',
    );
  if (longest > LONGEST_MATCH)
    throw badInput(
      'REDACTION_INVALID',
      `${what} "${pattern}" matches up to ${longest} bytes; the gateway sees ${LONGEST_MATCH} of a stream at once`,
      'write smaller counts; a character beyond ASCII, and one of a negated set, counts up to 4',
    );
  if (ways > MOST_WAYS)
    throw badInput(
      'REDACTION_INVALID',
      `${what} "${pattern}" can read one text in ${ways === Infinity ? 'unlimited' : ways.toPrecision(2)} ways, and an engine may try them all`,
      'repeat nothing that may be empty, and let the next character decide where a repetition ends: [a-z]{1,9}- instead of [a-z-]{1,9}',
    );
}

function checkExamples({ name, pattern, matches, spares }: SitePattern): void {
  const what = `redaction pattern ${name}:`;
  if (matches.length === 0 || spares.length === 0)
    throw badInput(
      'REDACTION_INVALID',
      `${what} examples are missing`,
      'write at least one text under matches and one under spares',
    );
  const expression = new RegExp(pattern, 'u');
  const missed = matches.find((text) => !expression.test(text));
  if (missed !== undefined)
    throw badInput('REDACTION_INVALID', `${what} does not find "${missed}"`, 'change the pattern or the example');
  const taken = spares.find((text) => expression.test(text));
  if (taken !== undefined)
    throw badInput('REDACTION_INVALID', `${what} finds "${taken}"`, 'change the pattern or the example');
}

function ownPattern(own: SitePattern, taken: ReadonlySet<string>): RedactionPattern {
  if (!NAME.test(own.name))
    throw badInput(
      'REDACTION_INVALID',
      `redaction pattern "${own.name}" has no valid name`,
      'write lower-case words with hyphens, e.g. case-number',
    );
  if (taken.has(own.name))
    throw badInput('REDACTION_INVALID', `redaction pattern "${own.name}" exists twice`, 'choose another name');
  checkPattern(own.name, own.pattern);
  checkExamples(own);
  return { ...own, source: 'the site', limits: 'as the site wrote it' };
}

/**
 * Patterns of packs in the order of the site, each pack once, then the site's own.
 *
 * @throws AirlockError (input) for an unknown pack, and for own patterns outside the shared syntax, that match the empty
 * text, that are long or slow, or whose examples they do not keep
 */
export function redactionPatterns(packs: readonly string[], own: readonly SitePattern[] = []): RedactionPattern[] {
  const patterns = [...new Set(packs)].flatMap(packOf);
  const taken = new Set(Object.values(REDACTION_PACKS).flatMap((pack) => pack.patterns.map(({ name }) => name)));
  for (const pattern of own) {
    patterns.push(ownPattern(pattern, taken));
    taken.add(pattern.name);
  }
  return patterns;
}
