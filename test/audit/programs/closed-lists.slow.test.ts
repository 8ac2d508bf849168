import { ENGINE_BUILD, ENGINE_PROGRAMS } from '../../../audit/programs/engines';
import { KIT_PROGRAMS } from '../../../audit/programs/kit';
import * as platform from '../../../audit/programs/platform';
import type { Program } from '../../../audit/programs/program';
import { digestOf } from '../../../core/digest';
import { OCI_CONFIG, OCI_MANIFEST } from '../../../core/media-types';
import { examples, loadFiles } from '../../../tools/examples';
import { relock } from '../../stacks/relock';
import { changeEngine, type Inputs, inputs } from '../../stacks/synthesized';
import { argumentFaults, commandFaults, type Fault, unlistedFaults, mountFaults, variableFaults } from './changes';
import { type Json, type Planned, plannedOf, said } from './planned';

const example = async (name: string): Promise<Inputs> => {
  const found = examples().find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no example ${name}`);
  return loadFiles(found.folder);
};

/** The gateway that the examples do not have. */
async function litellm(): Promise<Inputs> {
  const files = await example('h100-single');
  Object.assign(files.site, { gateway: { software: 'litellm', version: '1.91.0' } });
  return { ...files, lock: relock(files.site, files.lock) };
}

/** An engine that is built before it serves. */
function built(): Inputs {
  const given = inputs();
  const engine = { name: 'tensorrt-llm', version: '1.2.1', backend: 'engine' } as const;
  changeEngine(given, 'chat', engine, 'nvcr.io/nvidia/tensorrt-llm/release');
  return given;
}

/** Weights that come as an image, and are held against their manifest. */
function imageVolumes(): Inputs {
  const given = inputs();
  given.site.cluster.kubernetesVersion = '1.35';
  given.site.pools[0]!.weights = 'image';
  given.enclave.pools['h100']!.containerd = '2.2';
  for (const model of given.lock.derived.models) {
    const content = (mediaType: string) => ({ mediaType, digest: digestOf(model.name + mediaType), size: 1 });
    model.image = {
      repository: `model-images/${model.name}`,
      manifests: [{ platform: 'linux/amd64', ...content(OCI_MANIFEST), config: content(OCI_CONFIG), layers: [] }],
    };
  }
  return given;
}

/** `airlock version` in a pod of the kit, which no stack has. */
function version(planned: Planned): Planned {
  const json = structuredClone(planned.json);
  const program = KIT_PROGRAMS['version']!;
  const change = (container: Json): void => {
    container['args'] = ['version'];
    container['volumeMounts'] = [];
    Reflect.deleteProperty(container, 'readinessProbe');
    Reflect.deleteProperty(container, 'livenessProbe');
    Reflect.deleteProperty(container, 'startupProbe');
  };
  const container = (json['spec'] as { template: { spec: { containers: Json[] } } }).template.spec.containers[0]!;
  change(container);
  return { ...planned, json, program, title: program.name };
}

/** Every program that the audit knows. */
const PROGRAMS: readonly Program[] = [
  ...Object.values(ENGINE_PROGRAMS),
  ENGINE_BUILD,
  ...Object.values(KIT_PROGRAMS),
  ...Object.values(platform),
];

let planned: readonly Planned[];
beforeAll(async () => {
  const plans = [await example('datacenter'), await litellm(), built(), imageVolumes()];
  const found = (await Promise.all(plans.map(plannedOf))).flat();
  const mirror = found.find(({ program }) => program.name === 'mirror');
  planned = mirror === undefined ? found : [...found, version(mirror)];
});

/** The fullest container of a program. */
function containerOf(program: Program): { readonly one: Planned; readonly container: Json } {
  const all = planned
    .filter((candidate) => candidate.program === program)
    .map((one) => {
      let container: Json = {};
      said(one, (found) => (container = structuredClone(found)));
      return { one, container, size: JSON.stringify(container).length };
    })
    .sort((a, b) => b.size - a.size);
  const [fullest] = all;
  if (fullest === undefined) throw new Error(`no plan runs ${program.name}`);
  return fullest;
}

/** Faults that nobody spoke of, or elsewhere than where they are. */
const missed = (one: Planned, faults: readonly Fault[]): string[] =>
  faults.flatMap(({ name, change, checks, at }) => {
    const found = said(one, change);
    // "unknown" is what rules say where the plan does not tell: then nothing else is read.
    const hit = found.some(
      (complaint) => [...checks, 'unknown'].includes(complaint.check) && complaint.at === at && complaint.unproven,
    );
    return hit
      ? []
      : [`${name}: ${found.map((complaint) => `[${complaint.check}] ${complaint.at}`).join(', ') || 'nothing'}`];
  });

const KINDS: readonly (readonly [string, (one: Planned, container: Json) => Fault[]])[] = [
  ['argument', argumentFaults],
  ['variable', variableFaults],
  ['command, probe or hook', commandFaults],
  ['mount', mountFaults],
];

it('is told nothing else in any plan of ours', () => {
  expect(
    planned.flatMap((one) => said(one).map(({ check, at, message }) => `${one.title} [${check}] ${at} ${message}`)),
  ).toEqual([]);
});

describe.each(PROGRAMS.map((program) => [program.name, program] as const))('%s', (_name, program) => {
  it.each(KINDS)('is not proven with any other %s', (_kind, faultsOf) => {
    const { one, container } = containerOf(program);
    const faults = faultsOf(one, container);
    expect(faults.length).toBeGreaterThan(4);
    expect(missed(one, faults)).toEqual([]);
  });
});

// Ollama has no flags.
const WITH_FLAGS = Object.entries(ENGINE_PROGRAMS).filter(([name]) => name !== 'ollama');

it.each(WITH_FLAGS)('%s is not proven with a flag that its contract forbids to sites', (_name, program) => {
  const { one, container } = containerOf(program);
  const faults = unlistedFaults(one, container);
  expect(faults.length).toBeGreaterThan(4);
  expect(missed(one, faults)).toEqual([]);
});
