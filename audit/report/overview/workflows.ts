/** Workflows: who may call them, and on which way the calls reach an engine. */
import { toServing } from '../../configuration/addresses';
import { issuerPromises, keyPromises, type ServingPromise, workflowPromises } from '../../configuration/promises';
import { podRole } from '../../programs/pod-role';
import type { AuditContext } from '../../rules/rule';
import { orUnknown } from './zones';

/** A serving that answers a workflow. */
export interface WayOn {
  readonly serving: string;
  readonly engine: string;
  readonly model: string;
  /** `9 of 10 calls`, `every call`, `while others fail`. */
  readonly share: string;
  /** Workloads of the plan that run this engine on this model. */
  readonly workloads: readonly string[];
}

export interface WorkflowWay {
  readonly name: string;
  /** Holders of keys and issuers of tokens that may name it. */
  readonly callers: readonly string[];
  /** Workloads of the plan that run the gateway. */
  readonly gateways: readonly string[];
  readonly servings: readonly WayOn[];
  /** What is done to personal data of requests and of answers. */
  readonly redaction: string;
  readonly streaming: boolean;
}

function shareOf({ weight }: ServingPromise, total: number): string {
  if (weight === undefined) return 'while others fail';
  return weight === total ? 'every call' : `${String(weight)} of ${String(total)} calls`;
}

/** Every workflow of the site, in its order. */
export function workflowsOf(context: AuditContext): readonly WorkflowWay[] {
  const { site, enclave, pods } = context;
  const subjects = (is: (pod: AuditContext['pods'][number]) => boolean): string[] =>
    pods.filter((pod) => orUnknown(() => is(pod), false)).map(({ subject }) => subject);
  const gateways = subjects((pod) => podRole(pod, context) === 'gateway');
  return workflowPromises(site).map(({ name, servings, failover, redaction, streaming }) => {
    const total = servings.reduce((sum, { weight = 0 }) => sum + weight, 0);
    return {
      name,
      callers: [
        ...keyPromises(enclave).flatMap((key) => (key.workflows.includes(name) ? [`key ${key.name}`] : [])),
        ...issuerPromises(enclave).flatMap((one) => (one.workflows.includes(name) ? [`people of ${one.name}`] : [])),
      ],
      gateways,
      servings: [...servings, ...failover].map((promise) => ({
        serving: promise.serving.name,
        engine: `${promise.serving.engine.name} ${promise.serving.engine.version}`,
        model: promise.serving.model,
        share: shareOf(promise, total),
        workloads: subjects((pod) => toServing(promise.serving).isMet(pod, context)),
      })),
      redaction:
        redaction === undefined
          ? 'nothing is redacted'
          : `${String(redaction.patterns.length)} patterns: requests ${redaction.requests}, answers ${redaction.responses}`,
      streaming,
    };
  });
}
