/** Models of LiteLLM: the servings behind a workflow, and those that answer when they fail. */
import { addressFaults, addressOf, type Caller, leadsTo, toServing } from '../addresses';
import { broken, type Fault, type Reader, strange } from '../fault';
import { namespaceOf, type Program } from '../program';
import { type ServingPromise, type WorkflowPromise, workflowPromises } from '../promises';
import {
  dig,
  elsewhere,
  exactly,
  isObject,
  listAt,
  object,
  plainText,
  record,
  textAt,
  textsAt,
  under,
  whole,
  withheld,
} from '../readers';
import { guardsOf } from './guards';

interface Placed {
  readonly model: unknown;
  readonly pointer: string;
}

function modelReader(workflow: WorkflowPromise, promise: ServingPromise, caller: Caller): Reader {
  const { serving, model, weight, fields } = promise;
  const url: Reader = (value, pointer) =>
    addressFaults(addressOf(typeof value === 'string' ? value : '', '/v1'), toServing(serving), caller, pointer, value);
  return record({
    model_name: elsewhere,
    litellm_params: object({
      needed: {
        model: exactly(`openai/${model}`, 'the engine knows another name, or another interface'),
        api_base: url,
        api_key: withheld(exactly('none', 'engines take no key')),
        ...(weight === undefined ? {} : { weight: exactly(weight, 'it takes another share than the site says') }),
        ...(workflow.redaction === undefined ? {} : { guardrails: elsewhere }),
        ...(Object.keys(fields).length === 0
          ? {}
          : { extra_body: exactly(fields, 'the reasoning would stand beside the answer, where no guard reads') }),
      },
      optional: { max_retries: whole(0, 3) },
    }),
    model_info: record({ id: plainText }),
  });
}

/** Models that stand for the servings of a workflow, each found by the address that it leads to. */
function judgeModels(
  workflow: WorkflowPromise,
  promises: readonly ServingPromise[],
  found: readonly Placed[],
  config: unknown,
  caller: Caller,
): Fault[] {
  if (found.length !== promises.length)
    return [
      broken('/model_list', `others answer for ${workflow.name} than the site says`, 'write each serving of it once'),
    ];
  const left = [...promises];
  return found.flatMap(({ model, pointer }): readonly Fault[] => {
    const address = addressOf(textAt(model, 'litellm_params', 'api_base'), '/v1');
    const promise = left.find(({ serving }) => leadsTo(address, toServing(serving), caller)) ?? left[0];
    if (promise === undefined) return [];
    left.splice(left.indexOf(promise), 1);
    const names = textsAt(model, 'litellm_params', 'guardrails');
    return [
      ...modelReader(workflow, promise, caller)(model, pointer),
      ...guardsOf(names, `${pointer}/litellm_params/guardrails`, workflow, config),
    ];
  });
}

/** Names under which the servings of a workflow stand that answer when it fails. */
function sparesOf(config: unknown, workflow: string): readonly string[] {
  const entries = listAt(config, 'router_settings', 'fallbacks').filter(
    (one) => isObject(one) && Object.hasOwn(one, workflow),
  );
  return entries.length === 1 ? textsAt(entries[0], workflow) : [];
}

function fallbackFaults(config: unknown, workflows: readonly WorkflowPromise[]): Fault[] {
  const falling = workflows.filter(({ failover }) => failover.length > 0).map(({ name }) => name);
  const entries = listAt(config, 'router_settings', 'fallbacks');
  return [
    ...entries.flatMap((one, at): Fault[] => {
      const keys = isObject(one) ? Object.keys(one) : [];
      return keys.length === 1 && falling.includes(keys[0] ?? '')
        ? []
        : [strange(under('/router_settings/fallbacks', at), 'the site names no such failover', 'remove it', one)];
    }),
    ...(entries.length === falling.length
      ? []
      : [
          broken(
            '/router_settings/fallbacks',
            'workflows fail over in another way than the site says',
            'write each once',
          ),
        ]),
  ];
}

/** Each workflow of the site, and nothing beside. */
export function modelFaults(config: unknown, program: Program): Fault[] {
  const { context } = program;
  const caller: Caller = { namespace: namespaceOf(program), context };
  const workflows = workflowPromises(context.site);
  const models = listAt(config, 'model_list').map((model, at): Placed => ({
    model,
    pointer: under('/model_list', at),
  }));
  const called = (name: string): Placed[] => models.filter(({ model }) => textAt(model, 'model_name') === name);
  const names = workflows.map(({ name }) => name);
  const spares = workflows.flatMap(({ name }) => sparesOf(config, name));
  return [
    ...workflows.flatMap((workflow) => {
      // A weight of 0 would be no weight (litellm/router_strategy/simple_shuffle.py), so such a serving does not stand there.
      const sharing = workflow.servings.filter(({ weight }) => weight !== 0);
      const own = sparesOf(config, workflow.name);
      return [
        ...judgeModels(workflow, sharing, called(workflow.name), config, caller),
        ...(own.length === workflow.failover.length && own.every((name) => !names.includes(name))
          ? own.flatMap((name, at) =>
              judgeModels(workflow, workflow.failover.slice(at, at + 1), called(name), config, caller),
            )
          : [
              broken(
                '/router_settings/fallbacks',
                `${workflow.name} fails over to others than the site says`,
                'name its servings',
              ),
            ]),
      ];
    }),
    ...models
      .filter(({ model }) => ![...names, ...spares].includes(textAt(model, 'model_name')))
      .map(({ model, pointer }) =>
        strange(pointer, 'no workflow uses this model', 'remove it', dig(model, 'model_name')),
      ),
    ...fallbackFaults(config, workflows),
  ];
}
