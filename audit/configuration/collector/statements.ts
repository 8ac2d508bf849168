/**
 * Statements of the Collector's transform processor (OTTL). What a statement means cannot be derived here; those are known that
 * the contract of traces lists, each with what it does to the redaction.
 */
import type { RedactionPattern } from '../../../catalog/redaction';
import {
  CARRYING,
  decoding,
  DROPPING,
  NORMALIZING,
  PUTTING_BACK,
  type StatementGroup,
} from '../../../telemetry/traces/collector-statements';
import { broken, type Fault, strange } from '../fault';
import { dig, listAt, textAt, under } from '../readers';

/** What a statement is for, in the order in which they must stand around the redaction. */
type Purpose = 'drop' | 'normalize' | 'carry' | 'decode' | 'put-back';

/** A step of a pipeline: a statement, or the redaction. */
export type Step =
  | { readonly kind: 'redaction'; readonly pointer: string }
  | { readonly kind: 'statement'; readonly pointer: string; readonly key: string; readonly stops: boolean };

const keyOf = (context: string, statement: string): string => JSON.stringify([context, statement]);

const keysOf = (groups: readonly StatementGroup[]): string[] =>
  groups.flatMap(({ context, statements }) => statements.map((statement) => keyOf(context, statement)));

/** @param patterns what is looked for: characters in them must not hide behind escapes of JSON */
const known = (patterns: readonly RedactionPattern[]): Readonly<Record<Purpose, readonly string[]>> => ({
  drop: keysOf(DROPPING),
  normalize: keysOf(NORMALIZING),
  carry: keysOf(CARRYING),
  decode: keysOf(decoding(patterns)),
  'put-back': keysOf(PUTTING_BACK),
});

/** Statements of a transform processor. */
export const stepsOf = (processor: unknown, pointer: string): Step[] =>
  listAt(processor, 'trace_statements').flatMap((group, at) =>
    listAt(group, 'statements').map((statement, index): Step => ({
      kind: 'statement',
      pointer: under(`${under(`${pointer}/trace_statements`, at)}/statements`, index),
      key: keyOf(textAt(group, 'context'), typeof statement === 'string' ? statement : ''),
      stops: dig(processor, 'error_mode') === 'propagate',
    })),
  );

/** What each purpose is, for messages. */
const WHY: Readonly<Record<Purpose, string>> = {
  drop: 'headers, credentials and keys that are data are kept',
  normalize: 'attributes keep names by which nobody finds a person',
  carry: 'names and messages of spans go past the redaction',
  decode: 'personal data behind escapes goes past the redaction',
  'put-back': 'spans lose their names',
};

/** Faults in the order of the steps of one pipeline. */
export function orderFaults(steps: readonly Step[], pointer: string, patterns: readonly RedactionPattern[]): Fault[] {
  const table = known(patterns);
  const purposeOf = (key: string): Purpose | undefined =>
    (Object.keys(table) as Purpose[]).find((purpose) => table[purpose].includes(key));
  const redactions = steps.flatMap((step, at) => (step.kind === 'redaction' ? [at] : []));
  const [redaction] = redactions;
  if (redaction === undefined || redactions.length > 1)
    return [broken(pointer, 'spans are not redacted once on their way', 'put one redaction processor into it')];
  const places = new Map<string, number[]>();
  steps.forEach((step, at) => {
    if (step.kind === 'statement') places.set(step.key, [...(places.get(step.key) ?? []), at]);
  });
  const lastCarried = Math.max(...table.carry.flatMap((key) => places.get(key) ?? []), -1);
  const isInPlace = (purpose: Purpose, at: number): boolean => {
    switch (purpose) {
      case 'put-back':
        return at > redaction;
      case 'decode':
        return at < redaction && at > lastCarried;
      default:
        return at < redaction;
    }
  };
  const wrong = steps.flatMap((step, at): Fault[] => {
    if (step.kind === 'redaction') return [];
    const purpose = purposeOf(step.key);
    if (purpose === undefined)
      return [strange(step.pointer, 'nobody knows what this statement does', 'remove it', JSON.parse(step.key))];
    if ((places.get(step.key) ?? []).length > 1) return [strange(step.pointer, 'it stands twice', 'write it once')];
    if (!isInPlace(purpose, at))
      return [broken(step.pointer, 'it stands on the wrong side of the redaction', 'carry, decode, redact, put back')];
    if (purpose !== 'normalize' && !step.stops)
      return [broken(step.pointer, 'a span goes on although it failed', 'set error_mode to propagate')];
    return [];
  });
  const missing = (Object.keys(WHY) as Purpose[]).flatMap((purpose) => {
    const absent = table[purpose].filter((key) => !places.has(key));
    return absent.length === 0
      ? []
      : [broken(pointer, `${WHY[purpose]}: statements are missing`, 'add them', absent.join(', '))];
  });
  return [...wrong, ...missing];
}
