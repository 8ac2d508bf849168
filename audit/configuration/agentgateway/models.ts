/** Models of agentgateway: what a caller may name, and the serving behind it. */
import { addressFaults, addressOf, type Caller, toServing } from '../addresses';
import { broken, type Fault, type Reader, strange } from '../fault';
import { namespaceOf, type Program } from '../program';
import { type ServingPromise, type WorkflowPromise, workflowPromises } from '../promises';
import {
  dig,
  duration,
  elsewhere,
  exactly,
  listAt,
  listOf,
  object,
  plainText,
  record,
  textAt,
  under,
  whole,
} from '../readers';
import { guardsReader } from './guards';

/** A serving that failed is left alone for a while: longer, and a workflow is away without need. */
const HEALTH = record({ eviction: record({ consecutiveFailures: whole(1, 100), duration: duration(1, 3600) }) });

/** Where a model stands, and what it should be. */
interface Target {
  readonly workflow: WorkflowPromise;
  readonly promise: ServingPromise;
}

/** A model that a serving of a workflow answers. */
function concreteReader({ workflow, promise }: Target, caller: Caller): Reader {
  const { serving, model, fields } = promise;
  const overrides = { ...(workflow.streaming ? {} : { stream: false }), ...fields };
  const url: Reader = (value, pointer) =>
    addressFaults(addressOf(typeof value === 'string' ? value : '', '/v1'), toServing(serving), caller, pointer, value);
  return object({
    needed: {
      name: plainText,
      visibility: exactly('internal', 'callers could name it, past the workflow'),
      provider: exactly('openAI', 'engines of the site speak the OpenAI interface'),
      params: record({ baseUrl: url, model: exactly(model, 'the engine knows another name') }),
      ...(Object.keys(overrides).length === 0
        ? {}
        : {
            overrides: exactly(overrides, 'streams, or reasoning beside the answer, would go past what the site says'),
          }),
      ...(workflow.failover.length === 0 ? {} : { health: HEALTH }),
      ...(workflow.redaction === undefined ? {} : { guardrails: guardsReader(workflow.redaction) }),
    },
    ...(workflow.failover.length === 0 ? { optional: { health: HEALTH } } : {}),
  });
}

/** A model by which callers name a workflow. */
const virtualReader = (workflow: WorkflowPromise): Reader =>
  record({
    name: elsewhere,
    routing:
      workflow.failover.length === 0
        ? record({ weighted: record({ targets: listOf(record({ model: plainText, weight: elsewhere })) }) })
        : record({ failover: record({ targets: listOf(record({ model: plainText, priority: elsewhere })) }) }),
  });

/** Models in the order in which they are tried, or with their weights. */
function targetsOf(virtual: unknown): readonly unknown[] {
  const weighted = listAt(virtual, 'routing', 'weighted', 'targets');
  return weighted.length > 0 ? weighted : listAt(virtual, 'routing', 'failover', 'targets');
}

interface Judged {
  readonly faults: readonly Fault[];
  /** Positions of the models that a workflow uses. */
  readonly used: readonly number[];
}

function judgeWorkflow(workflow: WorkflowPromise, llm: unknown, pointer: string, caller: Caller): Judged {
  const virtuals = listAt(llm, 'virtualModels');
  const places = virtuals.flatMap((one, at) => (textAt(one, 'name') === workflow.name ? [at] : []));
  const [place, ...others] = places;
  const list = `${pointer}/virtualModels`;
  if (place === undefined || others.length > 0)
    return { faults: [broken(list, `workflow ${workflow.name} does not stand here once`, 'write it once')], used: [] };
  const own = under(list, place);
  const virtual = virtuals[place];
  const promises = [...workflow.servings, ...workflow.failover];
  const targets = targetsOf(virtual);
  const form = virtualReader(workflow)(virtual, own);
  if (targets.length !== promises.length)
    return {
      faults: [...form, broken(own, 'others answer than the site says', 'name each serving of the workflow once')],
      used: [],
    };
  const models = listAt(llm, 'models');
  const used: number[] = [];
  const left = [...promises];
  const faults = targets.flatMap((target, rank): Fault[] => {
    const where = `${own}/routing/${workflow.failover.length === 0 ? 'weighted' : 'failover'}/targets/${String(rank)}`;
    const named = models.flatMap((one, at) => (textAt(one, 'name') === textAt(target, 'model') ? [at] : []));
    const [at] = named;
    if (at === undefined || named.length > 1)
      return [
        broken(where, 'it does not name one model', 'name a model of this configuration', textAt(target, 'model')),
      ];
    used.push(at);
    // In a row of failover the place tells the serving; among shares, the address does.
    const promise = workflow.failover.length > 0 ? left[0] : closest(left, target, models[at], caller);
    if (promise === undefined) return [broken(where, 'others answer than the site says', 'name servings of the site')];
    left.splice(left.indexOf(promise), 1);
    return [
      ...(workflow.failover.length > 0
        ? exactly(rank, 'servings are tried in another order than the site says')(
            dig(target, 'priority'),
            `${where}/priority`,
          )
        : exactly(promise.weight, 'the serving takes another share than the site says')(
            dig(target, 'weight'),
            `${where}/weight`,
          )),
      ...concreteReader({ workflow, promise }, caller)(models[at], under(`${pointer}/models`, at)),
    ];
  });
  return { faults: [...form, ...faults], used };
}

/** The serving that a model of a share means: the one that its address leads to, else the next one. */
function closest(
  left: readonly ServingPromise[],
  target: unknown,
  model: unknown,
  caller: Caller,
): ServingPromise | undefined {
  const leads = ({ serving }: ServingPromise): boolean =>
    addressFaults(addressOf(textAt(model, 'params', 'baseUrl'), '/v1'), toServing(serving), caller, '', '').length ===
    0;
  const candidates = left.filter(leads);
  return candidates.find(({ weight }) => weight === dig(target, 'weight')) ?? candidates[0] ?? left[0];
}

/** Models and workflows of the configuration: each workflow of the site, and nothing beside. */
export function modelFaults(llm: unknown, pointer: string, program: Program): Fault[] {
  const { context } = program;
  const caller: Caller = { namespace: namespaceOf(program), context };
  const workflows = workflowPromises(context.site);
  const judged = workflows.map((workflow) => judgeWorkflow(workflow, llm, pointer, caller));
  const used = judged.flatMap((one) => one.used);
  const names = workflows.map(({ name }) => name);
  return [
    ...judged.flatMap(({ faults }) => faults),
    ...listAt(llm, 'models').flatMap((one, at): Fault[] => {
      const place = under(`${pointer}/models`, at);
      if (!used.includes(at)) return [strange(place, 'no workflow uses this model', 'remove it', textAt(one, 'name'))];
      // A name that is a workflow's own could be asked for.
      return names.includes(textAt(one, 'name')) ? [strange(place, 'it is called like a workflow', 'rename it')] : [];
    }),
    ...listAt(llm, 'virtualModels').flatMap((one, at): Fault[] =>
      names.includes(textAt(one, 'name'))
        ? []
        : [
            broken(
              under(`${pointer}/virtualModels`, at),
              'the site has no such workflow',
              'remove it',
              textAt(one, 'name'),
            ),
          ],
    ),
  ];
}
