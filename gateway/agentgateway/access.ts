/** Who may call what, as agentgateway's policies: keys, tokens, and rules in CEL. */
import { MODELS_PATH, PATHS, type GatewayPolicy, type IssuerPolicy, type WorkflowPolicy } from '../policy';
import { CONFIG_FOLDER } from '../contract';
import type { ApiKey, LlmPolicies, Rule } from '../generated/agentgateway';
import { remoteRateLimit } from './rate-limit';

/** A CEL list of strings; JSON's string literals are CEL's. */
const list = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;

/** The model that the caller names. Not known for the list of models, which has no body. */
const BODY = 'json(request.body)';

export const jwksFile = ({ name }: IssuerPolicy): string => `jwks-${name}.json`;

/** A key and the budgets that end its calls. */
const apiKey = ({ name, hash, workflows, budgets }: GatewayPolicy['keys'][number]): ApiKey => ({
  keyHash: hash,
  metadata: { name },
  allowedModels: [...workflows],
  ...(budgets.length === 0
    ? {}
    : {
        budgets: budgets.map(({ tokens, window }) => ({
          name: window,
          limit: { unit: 'Tokens', amount: tokens },
          window: { rolling: window },
          onBudgetExceeded: 'Block',
        })),
      }),
});

/** The gateway checks `exp` by itself, and `nbf` (RFC 7519, section 4.1.5) not at all; clocks may differ by a minute. */
const BEGUN = '(!has(jwt.nbf) || timestamp(int(jwt.nbf)) <= request.startTime + duration("60s"))';

/** A token that names nobody could not be counted. */
const NAMED = 'string(jwt.sub) != ""';

function issuerRule({ issuer, subjects, workflows, budgets }: IssuerPolicy): Rule {
  const who = [
    `jwt.iss == ${JSON.stringify(issuer)}`,
    ...(budgets.length === 0 ? [] : [NAMED]),
    ...(subjects === undefined ? [] : [`jwt.sub in ${list(subjects)}`]),
  ];
  const what = `(request.path == ${JSON.stringify(MODELS_PATH)} || ${BODY}.model in ${list(workflows)})`;
  return { allow: [...who, BEGUN, what].join(' && ') };
}

/** What a workflow does not offer is refused, not passed to the engine as it came. */
function workflowRules({ name, paths, streaming }: WorkflowPolicy): Rule[] {
  const asked = `${BODY}.model != ${JSON.stringify(name)}`;
  const list_ = `request.path == ${JSON.stringify(MODELS_PATH)}`;
  return [
    { require: `${list_} || ${asked} || request.path in ${list(paths.map((path) => PATHS[path]))}` },
    ...(streaming ? [] : [{ require: `${list_} || ${asked} || !(has(${BODY}.stream) && ${BODY}.stream == true)` }]),
  ];
}

/**
 * Every other path would reach the engine as it came, with no redaction (crates/agentgateway/src/llm/model_router.rs,
 * default_route_types, `*`).
 */
function pathRule(workflows: readonly WorkflowPolicy[]): Rule {
  const paths = new Set(workflows.flatMap(({ paths: own }) => own.map((path) => PATHS[path])));
  return { require: `request.path in ${list([MODELS_PATH, ...[...paths].sort()])}` };
}

/**
 * Keys and tokens both come as `Authorization: Bearer`, since that is what OpenAI's SDKs send. Where a site has both,
 * neither check alone may refuse: each sets a claim only for what it has verified, and the rules demand one of them.
 */
export function llmPolicies(policy: GatewayPolicy): LlmPolicies {
  const { keys, issuers, workflows } = policy;
  const rateLimit = remoteRateLimit(policy);
  const mode = keys.length > 0 && issuers.length > 0 ? 'permissive' : 'strict';
  return {
    ...(keys.length === 0 ? {} : { apiKey: { mode, keys: keys.map(apiKey) } }),
    ...(issuers.length === 0
      ? {}
      : {
          jwtAuth: {
            mode,
            providers: issuers.map((one) => ({
              issuer: one.issuer,
              audiences: [...one.audiences],
              jwks: { file: `${CONFIG_FOLDER}/${jwksFile(one)}` },
            })),
          },
        }),
    authorization: {
      rules: [
        pathRule(workflows),
        ...workflows.flatMap(workflowRules),
        ...(keys.length === 0 ? [] : [{ allow: 'has(apiKey.name)' }]),
        ...issuers.map(issuerRule),
      ],
    },
    ...(rateLimit === undefined ? {} : { remoteRateLimit: rateLimit }),
  };
}
