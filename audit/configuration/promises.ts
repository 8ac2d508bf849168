/** What site and enclave promise about calls and traces: what configurations are held against. */
import { type RedactionPattern, redactionPatterns } from '../../catalog/redaction';
import { ENGINES } from '../../engines';
import { type Budget, PATHS } from '../../gateway/policy';
import type { Enclave } from '../../site/generated/enclave';
import type { Serving, Site, Workflow } from '../../site/generated/site';

/** What a workflow promises about texts with personal data. */
export interface RedactionPromise {
  readonly patterns: readonly { readonly name: string; readonly pattern: string }[];
  readonly requests: 'mask' | 'reject';
  readonly responses: 'mask' | 'reject' | 'pass';
}

/** A serving that a workflow may call. */
export interface ServingPromise {
  readonly serving: Serving;
  /** Model name that its engine knows. */
  readonly model: string;
  /** Share of the calls; undefined for one that answers while others fail. */
  readonly weight?: number;
  /** Fields that every request must carry, so that no answer goes past a guard. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface WorkflowPromise {
  readonly name: string;
  readonly servings: readonly ServingPromise[];
  /** In the order in which they are tried. */
  readonly failover: readonly ServingPromise[];
  /** Paths of the API. */
  readonly paths: readonly string[];
  readonly streaming: boolean;
  readonly redaction?: RedactionPromise;
}

export interface KeyPromise {
  readonly name: string;
  readonly hash: string;
  readonly workflows: readonly string[];
  readonly budgets: readonly Budget[];
}

export interface IssuerPromise {
  readonly name: string;
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Public keys, as JSON text. */
  readonly jwks: string;
  readonly subjects?: readonly string[];
  readonly workflows: readonly string[];
  readonly budgets: readonly Budget[];
}

/** The engine's own reasoning stands beside the answer, where guards do not read: it must be told to leave it out. */
function fieldsOf({ redaction }: Workflow, { engine, reasoningParser }: Serving): ServingPromise['fields'] {
  const isGuarded = redaction !== undefined && redaction.responses !== 'pass';
  return isGuarded && reasoningParser !== undefined ? (ENGINES[engine.name].withoutReasoning ?? {}) : {};
}

function servingOf(site: Site, workflow: Workflow, name: string, weight?: number): ServingPromise[] {
  const serving = site.servings.find((one) => one.name === name);
  if (serving === undefined) return [];
  return [
    {
      serving,
      model: serving.servedName ?? name,
      fields: fieldsOf(workflow, serving),
      ...(weight === undefined ? {} : { weight }),
    },
  ];
}

export const workflowPromises = (site: Site): WorkflowPromise[] =>
  (site.workflows ?? []).map((workflow) => ({
    name: workflow.name,
    servings: workflow.servings.flatMap(({ name, weight = 1 }) => servingOf(site, workflow, name, weight)),
    failover: (workflow.failover ?? []).flatMap((name) => servingOf(site, workflow, name)),
    paths: (workflow.paths ?? ['chat']).map((path) => PATHS[path]),
    streaming: workflow.streaming ?? false,
    ...(workflow.redaction === undefined
      ? {}
      : {
          redaction: {
            patterns: redactionPatterns(workflow.redaction.packs, workflow.redaction.patterns),
            requests: workflow.redaction.requests ?? 'mask',
            responses: workflow.redaction.responses ?? 'mask',
          },
        }),
  }));

export const keyPromises = ({ callers }: Enclave): KeyPromise[] =>
  (callers?.keys ?? []).map((key) => ({ ...key, budgets: key.budgets ?? [] }));

export const issuerPromises = ({ callers }: Enclave): IssuerPromise[] =>
  (callers?.issuers ?? []).map((issuer) => ({ ...issuer, budgets: issuer.budgets ?? [] }));

/** What a trace collector takes out where the site names nothing (docs/traces.md): it is the last to see a span. */
const LEAST_PACKS = ['contact', 'payment'];

/** Everything that a workflow of the site redacts, and what it adds for traces. */
export function tracePatterns({ traces, workflows = [] }: Site): RedactionPattern[] {
  const all = [traces?.redaction, ...workflows.map(({ redaction }) => redaction)].filter((one) => one !== undefined);
  const packs = all.flatMap((one) => one.packs);
  const own = new Map(all.flatMap(({ patterns = [] }) => patterns.map((pattern) => [pattern.name, pattern] as const)));
  return redactionPatterns(packs.length === 0 ? LEAST_PACKS : packs, [...own.values()]);
}

/** Days after which the store deletes a trace, where the enclave does not say (docs/traces.md). */
const RETENTION_DAYS = 30;

export const retentionDays = ({ traces }: Enclave): number => traces?.retentionDays ?? RETENTION_DAYS;
