/** Guards of agentgateway: what of a text is masked or refused, on the way in and on the way out. */
import { broken, type Fault, type Reader, strange } from '../fault';
import type { RedactionPromise } from '../promises';
import {
  dig,
  elsewhere,
  exactly,
  listAt,
  listOf,
  object,
  oneOf,
  plainText,
  record,
  sameTexts,
  textAt,
  textsAt,
  under,
  whole,
} from '../readers';

/** Parts of a request (crates/llm/src/types/mod.rs, ContentScope). */
const SCOPES = ['systemPrompt', 'messages', 'toolOutput', 'toolInput'];
/** Arguments of tools are one string of JSON, which masking could break. */
const UNMASKABLE = 'toolInput';

/** What a caller is told; a fixed text, since upstream reads no expression in it. */
const REJECTION = record({
  status: whole(400, 499),
  headers: record({ set: record({ 'content-type': exactly('application/json', 'the body is JSON') }) }),
  body: plainText,
});
const REGEX = record({
  action: oneOf(['mask', 'reject'], 'the guard does neither mask nor reject'),
  rules: listOf(record({ pattern: elsewhere })),
});
const FORM = object({
  needed: {
    streaming: exactly('Enabled', 'streamed answers go past the guards'),
    request: listOf(
      object({
        needed: { regex: REGEX, scope: listOf(oneOf(SCOPES, 'this is no part of a request')) },
        optional: { rejection: REJECTION },
      }),
    ),
  },
  optional: { response: listOf(object({ needed: { regex: REGEX }, optional: { rejection: REJECTION } })) },
});

/** Faults in the patterns of one guard. */
function patternFaults(guard: unknown, pointer: string, wanted: RedactionPromise['patterns']): Fault[] {
  const found = listAt(guard, 'regex', 'rules').map((rule) => textAt(rule, 'pattern'));
  const texts = wanted.map(({ pattern }) => pattern);
  if (sameTexts(found, texts)) return [];
  const place = `${pointer}/regex/rules`;
  const missing = wanted.filter(({ pattern }) => !found.includes(pattern)).map(({ name }) => name);
  const others = found.filter((one) => !texts.includes(one));
  return [
    ...missing.map((name) => broken(place, `pattern ${name} of the site is not looked for`, 'add the pattern')),
    ...others.map((one) => strange(place, 'the site names no such pattern', 'remove it, or name it in site.yaml', one)),
    ...(missing.length + others.length === 0 ? [strange(place, 'a pattern stands twice', 'write it once')] : []),
  ];
}

/** What one guard does with the part of a request. */
const actionOn = (guards: readonly unknown[], scope: string): unknown[] =>
  guards.filter((guard) => textsAt(guard, 'scope').includes(scope)).map((guard) => dig(guard, 'regex', 'action'));

function requestFaults(value: unknown, pointer: string, { patterns, requests }: RedactionPromise): Fault[] {
  const guards = listAt(value, 'request');
  return [
    ...guards.flatMap((guard, at) => patternFaults(guard, under(`${pointer}/request`, at), patterns)),
    ...SCOPES.flatMap((scope): Fault[] => {
      const wanted = scope === UNMASKABLE ? 'reject' : requests;
      const actions = actionOn(guards, scope);
      return actions.length === 1 && actions[0] === wanted
        ? []
        : [
            broken(
              `${pointer}/request`,
              `personal data in ${scope} of requests is not treated once, by ${wanted}`,
              `guard ${scope} once, with ${wanted}`,
              actions.join(', ') || 'no guard',
            ),
          ];
    }),
    ...guards.flatMap((guard, at): Fault[] => {
      const scopes = textsAt(guard, 'scope');
      return new Set(scopes).size === scopes.length
        ? []
        : [strange(`${under(`${pointer}/request`, at)}/scope`, 'a part stands twice', 'write it once')];
    }),
  ];
}

function responseFaults(value: unknown, pointer: string, { patterns, responses }: RedactionPromise): Fault[] {
  const guards = listAt(value, 'response');
  const place = `${pointer}/response`;
  if (responses === 'pass')
    return guards.length === 0 ? [] : [broken(place, 'the site lets answers pass as they are', 'remove the guard')];
  const [guard, ...others] = guards;
  if (guard === undefined || others.length > 0 || dig(guard, 'regex', 'action') !== responses)
    return [
      broken(
        place,
        `personal data in answers is not treated once, by ${responses}`,
        `guard answers once, with ${responses}`,
        guards.map((one) => String(dig(one, 'regex', 'action'))).join(', ') || 'no guard',
      ),
    ];
  return patternFaults(guard, under(place, 0), patterns);
}

/** A guard that rejects needs words for it, and one that masks has none. */
const rejections = (value: unknown, pointer: string): Fault[] =>
  ['request', 'response'].flatMap((side) =>
    listAt(value, side).flatMap((guard, at): Fault[] => {
      const rejects = dig(guard, 'regex', 'action') === 'reject';
      if (rejects === (dig(guard, 'rejection') !== undefined)) return [];
      const place = under(under(pointer, side), at);
      return [strange(place, 'what a caller is told does not fit the action', 'write a rejection where it rejects')];
    }),
  );

/** Guards of a model that a workflow uses. */
export const guardsReader =
  (redaction: RedactionPromise): Reader =>
  (value, pointer) => [
    ...FORM(value, pointer),
    ...requestFaults(value, pointer, redaction),
    ...responseFaults(value, pointer, redaction),
    ...rejections(value, pointer),
  ];
