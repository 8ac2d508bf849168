/** What the guard holds calls to: its configuration, with patterns compiled and defaults resolved. */
import type { Unless } from '../../gateway/fields';
import { redactionPatterns } from '../../catalog/redaction';
import type { EndpointName } from '../endpoints';
import type { Guard, GuardIssuer, GuardKey, GuardWorkflow } from '../generated/guard';
import { type Recognizer, recognizersOf } from '../redaction/recognizers';

/** Before the gateway it reads requests and answers; behind it, before engines, answers alone. */
export type Role = 'front' | 'back';

export interface WorkflowPolicy {
  readonly name: string;
  /** Name that is sent upstream. */
  readonly model: string;
  /** `http[s]://host[:port]`. */
  readonly upstream: string;
  readonly endpoints: ReadonlySet<EndpointName>;
  readonly streaming: boolean;
  readonly recognizers: readonly Recognizer[];
  readonly requests: 'mask' | 'reject' | 'pseudonym' | 'pass';
  readonly answers: 'mask' | 'reject' | 'pass';
  /** Why fields of requests are closed. */
  readonly closed: ReadonlySet<Unless>;
  readonly allowed: Readonly<Partial<Record<EndpointName, readonly string[]>>>;
  readonly set: Readonly<Partial<Record<EndpointName, Readonly<Record<string, unknown>>>>>;
}

export interface GuardPolicy {
  readonly role: Role;
  readonly workflows: ReadonlyMap<string, WorkflowPolicy>;
  readonly keys: readonly GuardKey[];
  readonly issuers: readonly GuardIssuer[];
  /** Bytes. */
  readonly requestBytes: number;
  /** Bytes. */
  readonly answerBytes: number;
  /** Milliseconds of silence. */
  readonly timeoutMs: number;
  /** Sent upstream. */
  readonly token?: string;
}

const MEBIBYTE = 1024 * 1024;

function workflowPolicy(workflow: GuardWorkflow, role: Role, url: string): WorkflowPolicy {
  const { name, redaction } = workflow;
  // The back sees requests as the front has made them.
  const requests = redaction === undefined || role === 'back' ? 'pass' : (redaction.requests ?? 'mask');
  const answers = redaction === undefined ? 'pass' : (redaction.answers ?? 'mask');
  const own = redaction?.patterns ?? [];
  const closed: Unless[] = [
    ...(requests === 'pass' || workflow.attachments === true ? [] : (['requests-are-redacted'] as const)),
    ...(answers === 'pass' ? [] : (['answers-are-redacted'] as const)),
  ];
  return {
    name,
    model: workflow.model ?? name,
    upstream: (workflow.upstream ?? url).replace(/\/$/, ''),
    endpoints: new Set(workflow.endpoints),
    streaming: workflow.streaming ?? true,
    recognizers:
      redaction === undefined
        ? []
        : recognizersOf(redactionPatterns(redaction.packs, own), new Set(own.map((pattern) => pattern.name))),
    requests,
    answers,
    closed: new Set(closed),
    allowed: workflow.allowFields ?? {},
    set: workflow.set ?? {},
  };
}

/** @param token what `upstream.tokenFile` holds */
export function policyOf(guard: Guard, role: Role, token?: string): GuardPolicy {
  const { upstream, limits = {}, callers } = guard;
  return {
    role,
    workflows: new Map(guard.workflows.map((one) => [one.name, workflowPolicy(one, role, upstream.url)])),
    keys: callers.keys ?? [],
    issuers: callers.issuers ?? [],
    requestBytes: limits.requestBytes ?? 4 * MEBIBYTE,
    answerBytes: limits.answerBytes ?? 16 * MEBIBYTE,
    timeoutMs: (upstream.timeoutSeconds ?? 600) * 1000,
    ...(token === undefined ? {} : { token }),
  };
}
