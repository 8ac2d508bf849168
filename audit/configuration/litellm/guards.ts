/** Guards of LiteLLM: its own content filter, once for each side of a call. */
import { broken, type Fault, strange } from '../fault';
import type { RedactionPromise, WorkflowPromise } from '../promises';
import { elsewhere, exactly, listAt, listOf, oneOf, record, sameTexts, textAt, textsAt, under } from '../readers';

const FORM = record({
  guardrail_name: elsewhere,
  litellm_params: record({
    guardrail: exactly('litellm_content_filter', 'nobody knows this guard'),
    mode: oneOf(['pre_call', 'post_call'], 'nobody knows when this guard reads'),
    default_on: exactly(false, 'it would judge workflows that it was not made for'),
    patterns: listOf(
      record({
        pattern_type: exactly('regex', 'nobody knows what this looks for'),
        name: elsewhere,
        pattern: elsewhere,
        action: oneOf(['MASK', 'BLOCK'], 'the guard does neither mask nor block'),
      }),
    ),
  }),
});

const ACTIONS: Readonly<Record<'mask' | 'reject', string>> = { mask: 'MASK', reject: 'BLOCK' };

const wordsOf = (name: string, pattern: string, action: string): string => JSON.stringify([name, pattern, action]);

const patternsOf = (guard: unknown): string[] =>
  listAt(guard, 'litellm_params', 'patterns').map((one) =>
    wordsOf(textAt(one, 'name'), textAt(one, 'pattern'), textAt(one, 'action')),
  );

const wanted = ({ patterns }: RedactionPromise, action: 'mask' | 'reject'): string[] =>
  patterns.map(({ name, pattern }) => wordsOf(name, pattern, ACTIONS[action]));

/** Faults in the guards that a model names. */
export function guardsOf(
  names: readonly string[],
  pointer: string,
  { redaction }: WorkflowPromise,
  config: unknown,
): Fault[] {
  const guards = listAt(config, 'guardrails');
  const named = names.map((name) => guards.filter((one) => textAt(one, 'guardrail_name') === name));
  if (named.some((found) => found.length !== 1) || new Set(names).size !== names.length)
    return [strange(pointer, 'it does not name guards of this configuration', 'name each guard once')];
  const at = (mode: string): unknown[] => named.flat().filter((one) => textAt(one, 'litellm_params', 'mode') === mode);
  const side = (mode: string, action: 'mask' | 'reject' | 'pass' | undefined, what: string): Fault[] => {
    const found = at(mode);
    if (action === undefined || action === 'pass' || redaction === undefined)
      return found.length === 0 ? [] : [broken(pointer, `the site lets ${what} pass as they are`, 'remove the guard')];
    const [guard, ...others] = found;
    return guard !== undefined && others.length === 0 && sameTexts(patternsOf(guard), wanted(redaction, action))
      ? []
      : [
          broken(
            pointer,
            `personal data in ${what} is not treated as the site says`,
            `name one guard with ${action} and all patterns of the site`,
            names.join(', ') || 'no guard',
          ),
        ];
  };
  return [...side('pre_call', redaction?.requests, 'requests'), ...side('post_call', redaction?.responses, 'answers')];
}

/** Faults in the list of guards: each of a known form, and used. */
export function guardListFaults(config: unknown): Fault[] {
  const used = new Set(listAt(config, 'model_list').flatMap((one) => textsAt(one, 'litellm_params', 'guardrails')));
  return listAt(config, 'guardrails').flatMap((guard, at): readonly Fault[] => {
    const pointer = under('/guardrails', at);
    if (!used.has(textAt(guard, 'guardrail_name'))) return [strange(pointer, 'no model uses this guard', 'remove it')];
    return FORM(guard, pointer);
  });
}
