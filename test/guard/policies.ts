/** Configurations of the guard. */
import { type GuardPolicy, policyOf, type Role } from '../../guard/config/policy';
import { ENDPOINTS, type EndpointName } from '../../guard/endpoints';
import type { Guard, GuardWorkflow } from '../../guard/generated/guard';
import { Call, type CallNotes } from '../../guard/call';
import type { JsonObject } from '../../guard/json/read-body';
import { hashOfKey } from '../../gateway/caller-key';

export const EVERY_ENDPOINT = Object.keys(ENDPOINTS) as EndpointName[];
export const KEY = 'sk-airlock-0123456789abcdefghijklmnopqrstuv';

/** Reads e-mail addresses and telephone numbers. */
export const workflow = (more: Partial<GuardWorkflow> = {}): GuardWorkflow => ({
  name: 'claims',
  model: 'assist',
  endpoints: EVERY_ENDPOINT,
  redaction: { packs: ['contact', 'payment', 'de'] },
  ...more,
});

export const guard = (workflows: readonly GuardWorkflow[], url = 'http://127.0.0.1:1'): Guard => ({
  apiVersion: 'airlock/v1alpha1',
  kind: 'Guard',
  upstream: { url },
  workflows: [...workflows],
  callers: { keys: [{ name: 'app', hash: hashOfKey(KEY), workflows: workflows.map(({ name }) => name) }] },
});

const made = new Map<string, GuardPolicy>();

/** Compiled once for each workflow. */
export function policy(more: Partial<GuardWorkflow> = {}, role: Role = 'front'): GuardPolicy {
  const key = JSON.stringify([more, role]);
  const known = made.get(key) ?? policyOf(guard([workflow(more)]), role);
  made.set(key, known);
  return known;
}

export const CALLER = { name: 'app', workflows: new Set(['claims']) };

export const notes = (): CallNotes & { readonly names: string[]; count: number } => {
  const noted = {
    names: [] as string[],
    count: 0,
    redacted: (_: string, name: string) => void noted.names.push(name),
    dropped: () => void (noted.count += 1),
  };
  return noted;
};

/** A call of the workflow `claims`. */
export const callOf = (
  name: EndpointName,
  body: JsonObject,
  more: Partial<GuardWorkflow> = {},
  noted: CallNotes = notes(),
): Call => new Call(policy(more), CALLER, name, { model: 'claims', ...body }, noted);
