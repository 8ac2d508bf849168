import type { PodSpec } from 'kubernetes-types/core/v1';
import { SERVED_NAME_LABEL } from '../../catalog/platform/names';
import { type Inputs, inputs, objectsOf, podOf, shareContent, type Stack, synth } from './synthesized';

/** The serving stack of the fixture, varied. */
function servingStack(vary: (given: Inputs) => void = () => undefined): Stack {
  const given = inputs();
  vary(given);
  return synth(given).stack('serving');
}

const fetchOf = (pod: PodSpec, name: string) => pod.initContainers?.find((container) => container.name === name);

describe('side artifacts of a serving', () => {
  const pod = podOf(servingStack(), 'serving-chat_release');

  it('are fetched by the digest of the lock into a folder that holds exactly them', () => {
    const { lock } = inputs();
    const contents = (lock.derived.files ?? []).flatMap(({ name, manifest }) => [
      '--file',
      `${name}@${manifest.digest}`,
    ]);
    expect(contents).toHaveLength(4);
    expect(fetchOf(pod, 'files-harmony-vocabularies')?.args?.slice(4)).toEqual([
      ...contents,
      ...['--into', '/artifacts/harmony-vocabularies'],
    ]);
  });

  it('are seen by the engine read-only, where its environment points', () => {
    const engine = pod.containers[0]!;
    expect(engine.volumeMounts).toContainEqual({
      name: 'files-harmony-vocabularies',
      mountPath: '/artifacts/harmony-vocabularies',
      readOnly: true,
    });
    expect(engine.env).toContainEqual({ name: 'TIKTOKEN_ENCODINGS_BASE', value: '/artifacts/harmony-vocabularies' });
  });

  it('are none where the engine needs none', () => {
    expect(podOf(servingStack(), 'serving-small_release').initContainers).toHaveLength(1);
  });
});

describe('a canary pair', () => {
  const stack = servingStack(({ site, lock }) => {
    const [chat] = site.servings;
    site.servings[0] = { ...chat!, servedName: 'assistant' };
    site.servings.push({ ...chat!, name: 'chat-next', servedName: 'assistant', replicas: 1 });
    shareContent(lock, 'chat', 'chat-next');
  });
  const RELEASES = ['serving-chat_release', 'serving-chat-next_release'];

  it('answers to one model name, as pods and Services that a gateway tells apart', () => {
    for (const release of RELEASES) {
      const { args = [] } = podOf(stack, release).containers[0]!;
      expect(args[args.indexOf('--served-model-name') + 1]).toBe('assistant');
      const service = objectsOf(stack, release).find(({ kind }) => (kind as string) === 'Service')!;
      expect(service.metadata?.labels).toMatchObject({ [SERVED_NAME_LABEL]: 'assistant' });
    }
    const selectors = RELEASES.map((release) => {
      const service = objectsOf(stack, release).find(({ kind }) => (kind as string) === 'Service')!;
      return (service.spec as unknown as { selector: Record<string, string> }).selector['app.kubernetes.io/instance'];
    });
    expect(selectors).toEqual(['chat', 'chat-next']);
  });

  it('shares no node where another has room', () => {
    for (const release of RELEASES) {
      const [rule] =
        podOf(stack, release).affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
      expect(rule?.podAffinityTerm).toEqual({
        topologyKey: 'kubernetes.io/hostname',
        labelSelector: { matchLabels: { [SERVED_NAME_LABEL]: 'assistant' } },
      });
    }
  });

  it('counts both in the quota, each as often as a replacement needs', () => {
    const quotas = Object.values(stack.resource['kubernetes_resource_quota_v1'] ?? {});
    expect(JSON.stringify(quotas)).toContain('"requests.nvidia.com/gpu":"6"');
  });
});

describe('a memory fit that is not certain', () => {
  const overrule = { approver: 'ops@nordlicht.example', reason: 'it ran here in March, ${with} its whole context' };
  const unknown = ({ lock }: Inputs): void => {
    const model = lock.models[0]!;
    delete model.shape;
    model.unknownShape = { source: 'config.json', architecture: 'NovelForCausalLM', reasons: ['it is new'] };
  };

  it('stops synthesis where nobody answers for it', () => {
    expect(() => servingStack(unknown)).toThrow('whether serving "chat" fits pool "h100" is unknown: it is new');
  });

  it('stands in the plan with the name and the reason of who overrules it, and in a warning', () => {
    const given = inputs();
    unknown(given);
    given.site.servings[0]!.fit = { overrule };
    const { stack, warnings } = synth(given);
    const workload = objectsOf(stack('serving'), 'serving-chat_release').find(({ kind }) => kind === 'Deployment')!;
    expect(workload.metadata?.annotations).toEqual({
      'airlock.dev/fit-overruled-by': overrule.approver,
      'airlock.dev/fit-overrule-reason': overrule.reason,
    });
    expect(warnings).toContainEqual(
      expect.stringContaining('ops@nordlicht.example overrules it: it ran here in March'),
    );
  });

  it('is said to be needless where there is nothing to overrule, also on CPUs', () => {
    const given = inputs();
    for (const serving of given.site.servings) serving.fit = { overrule };
    expect(synth(given).warnings.filter((warning) => warning.includes('remove fit.overrule'))).toHaveLength(2);
  });
});

describe('a site that gives answers longer', () => {
  const stack = servingStack(({ site }) => {
    for (const serving of site.servings) serving.drainSeconds = 600;
  });

  it.each([
    ['serving-chat_release', 'after SIGTERM', 10, 620],
    ['serving-small_release', 'before it, where the engine would drop them', 610, 625],
  ])('%s: %s', (release, _when, sleep, grace) => {
    const pod = podOf(stack, release);
    expect(pod.containers[0]?.lifecycle).toEqual({ preStop: { sleep: { seconds: sleep } } });
    expect(pod.terminationGracePeriodSeconds).toBe(grace);
  });

  it('lets a rollout wait for them', () => {
    const deadline = (of: Stack) =>
      objectsOf(of, 'serving-chat_release').find(({ kind }) => kind === 'Deployment')?.spec as unknown as {
        progressDeadlineSeconds: number;
      };
    const [longer, plain] = [deadline(stack), deadline(servingStack())];
    expect(longer.progressDeadlineSeconds - plain.progressDeadlineSeconds).toBe(600);
  });
});
