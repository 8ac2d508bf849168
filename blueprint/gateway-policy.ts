/** What the gateway of a site has to enforce, from site and enclave. */
import { redactionPatterns } from '../catalog/redaction';
import { badInput } from '../core/errors';
import { NAMESPACES } from '../catalog/platform/names';
import { ENGINES } from '../engines';
import type { ServedPaths } from '../engines/contract';
import { RATE_LIMIT_ADDRESS } from '../gateway/flows';
import { PATHS, type Backend, type GatewayPolicy, type TracePolicy, type WorkflowPolicy } from '../gateway/policy';
import type { Faults } from '../site/checks/faults';
import type { Enclave } from '../site/generated/enclave';
import type { Serving, Site, Workflow } from '../site/generated/site';

/** Finds what a serving answers, as its engine's contract says. */
export type ServingAnswers = (serving: string) => ServedPaths;

/** Address of a serving's interface, by its Service. */
const servingUrl = (name: string): string => `http://${name}.${NAMESPACES.serving}.svc/v1`;

/** @throws AirlockError (input) where an engine would put its reasoning beside the answer, unguarded */
function overridesOf(workflow: Workflow, { name, engine, reasoningParser }: Serving): Backend['overrides'] {
  const guarded = workflow.redaction !== undefined && workflow.redaction.responses !== 'pass';
  if (!guarded || reasoningParser === undefined) return undefined;
  const { withoutReasoning } = ENGINES[engine.name];
  if (withoutReasoning !== undefined) return withoutReasoning;
  throw badInput(
    'GATEWAY_CANNOT_ENFORCE',
    `workflow "${workflow.name}" redacts answers, and ${engine.name} puts the reasoning of "${name}" beside them, where no guard reads it`,
    'remove reasoningParser from the serving, or write responses: pass',
  );
}

function backend(site: Site, workflow: Workflow, name: string, served: ServingAnswers): Backend {
  const serving = site.servings.find((one) => one.name === name);
  if (serving === undefined)
    throw badInput('SITE_LACKS_NAME', `the site has no serving "${name}"`, 'name one under servings');
  const { httpPaths, limits } = served(name);
  for (const path of workflow.paths ?? ['chat'])
    if (!httpPaths.includes(PATHS[path]))
      throw badInput(
        'ENGINE_LACKS_INTERFACE',
        `workflow "${workflow.name}" offers ${path}, which ${serving.engine.name} of serving "${name}" does not serve: ${limits.why}`,
        limits.fix,
      );
  const overrides = overridesOf(workflow, serving);
  return {
    serving: name,
    url: servingUrl(name),
    model: serving.servedName ?? name,
    ...(overrides === undefined ? {} : { overrides }),
  };
}

function workflowPolicy(site: Site, workflow: Workflow, served: ServingAnswers): WorkflowPolicy {
  const { name, servings, failover = [], paths = ['chat'], redaction, streaming = false } = workflow;
  return {
    name,
    backends: servings.map((one) => ({ ...backend(site, workflow, one.name, served), weight: one.weight ?? 1 })),
    failover: failover.map((one) => backend(site, workflow, one, served)),
    paths,
    streaming,
    ...(redaction === undefined
      ? {}
      : {
          redaction: {
            patterns: redactionPatterns(redaction.packs, redaction.patterns),
            requests: redaction.requests ?? 'mask',
            responses: redaction.responses ?? 'mask',
          },
        }),
  };
}

/** What belongs to a policy beside what a site and its enclave say. */
export interface PolicyContext {
  /** Where the gateway sends traces; none when undefined. */
  readonly traces: TracePolicy | undefined;
  /** Where it is noted that a serving cannot answer what a workflow offers, or that its answers could not be guarded. */
  readonly faults: Faults;
}

/** The policy of all workflows that can be decided. */
export function gatewayPolicy(
  site: Site,
  enclave: Enclave,
  served: ServingAnswers,
  { traces, faults }: PolicyContext,
): GatewayPolicy {
  const { callers, gateway } = enclave;
  const policyOf = (workflow: Workflow, at: number): WorkflowPolicy | undefined =>
    faults.attempt({ file: 'site.yaml', path: `workflows[${at}]` }, () => workflowPolicy(site, workflow, served));
  return {
    workflows: (site.workflows ?? []).flatMap((workflow, at) => policyOf(workflow, at) ?? []),
    keys: (callers?.keys ?? []).map((key) => ({ ...key, budgets: key.budgets ?? [] })),
    issuers: (callers?.issuers ?? []).map((issuer) => ({ ...issuer, budgets: issuer.budgets ?? [] })),
    ...(site.gateway?.rateLimit === undefined ? {} : { rateLimit: RATE_LIMIT_ADDRESS }),
    ...(traces === undefined ? {} : { traces }),
    tls: gateway?.tlsSecret !== undefined,
    replicas: gateway?.replicas ?? 1,
    database: gateway?.database !== undefined,
  };
}
