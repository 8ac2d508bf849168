/** One call: the request as it goes upstream, and its answer as it comes back, each built anew. */
import { type Fields } from '../gateway/fields';
import { JSON_VALUE, object } from '../gateway/fields/shape';
import type { GuardPolicy, WorkflowPolicy } from './config/policy';
import { type Endpoint, ENDPOINTS, type EndpointName } from './endpoints';
import { type AnswerRules, answerRules } from './fields/answer-rules';
import { rebuilt } from './fields/rebuild';
import { requestRules } from './fields/request-rules';
import type { Caller } from './identity/callers';
import { isObject, type JsonObject } from './json/read-body';
import { Pseudonyms } from './redaction/pseudonyms';
import { type Action, Redactor } from './redaction/redactor';
import { Refusal } from './refusal';
import { AnswerStream } from './stream/answer-stream';

/** What is counted of a call; no word of a caller or a model is in it. */
export interface CallNotes {
  /** @param name of the pattern, e.g. `CONTACT-EMAIL` */
  readonly redacted: (direction: 'request' | 'answer', name: string) => void;
  /** A field of an answer that no table has. */
  readonly dropped: () => void;
}

/** Said to the guard, whose key upstream does not take: the caller's is good. */
const BETWEEN_SERVERS: ReadonlySet<number> = new Set([401, 403, 407]);
/** Longest text of an engine's error that goes on. */
const LONGEST_ERROR = 2000;

function workflowOf(policy: GuardPolicy, caller: Caller, endpoint: EndpointName, body: JsonObject): WorkflowPolicy {
  const { model } = body;
  if (typeof model !== 'string')
    throw new Refusal(400, 'model_required', 'model: the body names none, as text', 'model');
  const workflow = policy.workflows.get(model);
  if (workflow === undefined || !caller.workflows.has(model))
    throw new Refusal(403, 'model_not_allowed', 'this caller may not use that model', 'model');
  if (!workflow.endpoints.has(endpoint))
    throw new Refusal(403, 'path_not_allowed', `${workflow.name} does not answer on ${ENDPOINTS[endpoint].path}`);
  return workflow;
}

/** How many answers a request asks for: of completions, each prompt has its own. */
function choicesOf({ n, prompt }: JsonObject): number {
  const prompts = Array.isArray(prompt) && typeof prompt[0] !== 'number' ? prompt.length : 1;
  return Math.max(1, typeof n === 'number' ? n : 1) * Math.max(1, prompts);
}

export class Call {
  public readonly workflow: WorkflowPolicy;
  /** What goes upstream. */
  public readonly request: JsonObject;
  public readonly isStreamed: boolean;
  private readonly endpoint: Endpoint;
  private readonly choices: number;
  private readonly pseudonyms: Pseudonyms | undefined;

  /** @throws Refusal 400 for a request that says what it may not; 403 where this caller may not ask it */
  public constructor(
    policy: GuardPolicy,
    caller: Caller,
    private readonly name: EndpointName,
    body: JsonObject,
    private readonly notes: CallNotes,
  ) {
    this.endpoint = ENDPOINTS[name];
    this.workflow = workflowOf(policy, caller, name, body);
    this.pseudonyms = this.workflow.requests === 'pseudonym' ? new Pseudonyms() : undefined;
    this.isStreamed = body['stream'] === true;
    if (this.isStreamed && (!this.workflow.streaming || this.endpoint.stream === undefined))
      throw new Refusal(403, 'streaming_not_allowed', `${this.workflow.name} does not stream its answers`, 'stream');
    this.request = this.made(body);
    this.choices = choicesOf(this.request);
  }

  /** A whole answer. @throws Refusal 502 */
  public answer(body: JsonObject): JsonObject {
    return rebuilt(body, this.endpoint.answer, answerRules(this.answerRules()));
  }

  /** A streamed one. */
  public stream(): AnswerStream {
    const { stream: form } = this.endpoint;
    if (form === undefined) throw new Refusal(502, 'answer_not_understood', 'the answer is streamed');
    const { pseudonyms } = this;
    return new AnswerStream({
      ...this.answerRules(),
      form,
      choices: this.choices,
      ...(pseudonyms === undefined ? {} : { pseudonyms }),
    });
  }

  /** What an engine or a gateway said instead of an answer, masked whatever the workflow does with answers. */
  public failure(status: number, body: unknown): Refusal {
    const error = isObject(body) && isObject(body['error']) ? body['error'] : body;
    const said = isObject(error) ? (error['message'] ?? error['detail']) : undefined;
    const { recognizers } = this.workflow;
    const redactor = new Redactor(recognizers, { is: 'mask' }, 502, this.noted('answer'));
    const told = typeof said === 'string' ? redactor.text(said, 'error.message') : 'no reason was given';
    const message = (this.pseudonyms?.restore(told, false) ?? told).slice(0, LONGEST_ERROR);
    const isCallers = status >= 400 && status <= 599 && !BETWEEN_SERVERS.has(status);
    return new Refusal(isCallers ? status : 502, 'upstream_error', message);
  }

  private made(body: JsonObject): JsonObject {
    const { workflow, endpoint, name } = this;
    const set = workflow.set[name] ?? {};
    const owned = Object.keys(set).find((field) => Object.hasOwn(body, field));
    if (owned !== undefined)
      throw new Refusal(400, 'field_not_allowed', `${owned}: the site sets this field in every request`, owned);
    const allowed: Fields = Object.fromEntries((workflow.allowed[name] ?? []).map((field) => [field, JSON_VALUE]));
    const redactor = this.redactor('request');
    const rules = requestRules({
      endpoint: { name, path: endpoint.path },
      closed: workflow.closed,
      ...(redactor === undefined ? {} : { redactor }),
    });
    return {
      ...rebuilt(body, object({ ...allowed, ...endpoint.request }), rules),
      ...set,
      model: workflow.model,
    };
  }

  private answerRules(): AnswerRules {
    const redactor = this.redactor('answer');
    return {
      model: this.workflow.name,
      errors: new Redactor(this.workflow.recognizers, { is: 'mask' }, 502, this.noted('answer')),
      dropped: () => this.notes.dropped(),
      restored: (text, isJson) => this.pseudonyms?.restore(text, isJson) ?? text,
      ...(redactor === undefined ? {} : { redactor }),
    };
  }

  private redactor(direction: 'request' | 'answer'): Redactor | undefined {
    const { workflow, pseudonyms } = this;
    const is = direction === 'request' ? workflow.requests : workflow.answers;
    if (is === 'pass') return undefined;
    const action: Action = is === 'pseudonym' ? { is, pseudonyms: pseudonyms ?? new Pseudonyms() } : { is };
    return new Redactor(workflow.recognizers, action, direction === 'request' ? 400 : 502, this.noted(direction));
  }

  private noted(direction: 'request' | 'answer'): (name: string) => void {
    return (name) => this.notes.redacted(direction, name);
  }
}
