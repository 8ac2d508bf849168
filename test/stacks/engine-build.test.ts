import type { Job } from 'kubernetes-types/batch/v1';
import { changeEngine, type Inputs, inputs, objectsOf, podOf, type Stack, synth } from './synthesized';

const RELEASE = 'serving-chat_release';

/** The fixture with its large model as a TensorRT engine. */
function built(vary: (given: Inputs) => void = () => undefined): Stack {
  const given = inputs();
  const engine = { name: 'tensorrt-llm', version: '1.2.1', backend: 'engine' } as const;
  changeEngine(given, 'chat', engine, 'nvcr.io/nvidia/tensorrt-llm/release');
  given.site.servings[0]!.replicas = 1;
  vary(given);
  return synth(given).stack('serving');
}

const jobOf = (stack: Stack): Job =>
  objectsOf(stack, RELEASE).find(({ kind }) => (kind as string) === 'Job') as unknown as Job;

describe('a serving whose engine is built', () => {
  const stack = built();
  const job = jobOf(stack);
  const builder = job.spec!.template.spec!;
  const server = podOf(stack, RELEASE);

  it('has a Job that builds from verified weights, on GPUs of its own pool', () => {
    expect(builder.initContainers).toEqual(server.initContainers);
    expect(builder.nodeSelector).toEqual(server.nodeSelector);
    expect(builder.containers[0]!.resources?.limits?.['nvidia.com/gpu']).toBe('1');
    expect(builder.containers[0]!.command?.slice(0, 2)).toEqual(['python3', '-c']);
  });

  it('writes the engine into a claim that the server sees read-only', () => {
    const mount = { name: 'engines', mountPath: '/engines' };
    expect(builder.containers[0]!.volumeMounts).toContainEqual({ ...mount, readOnly: false });
    expect(server.containers[0]!.volumeMounts).toContainEqual({ ...mount, readOnly: true });
    for (const { volumes } of [builder, server]) {
      expect(volumes).toContainEqual(
        expect.objectContaining({
          persistentVolumeClaim: expect.objectContaining({ claimName: 'chat-engines' }) as object,
        }),
      );
    }
    const claim = objectsOf(stack, RELEASE).find(({ kind }) => (kind as string) === 'PersistentVolumeClaim')!;
    expect(claim.spec).toMatchObject({ accessModes: ['ReadWriteOnce'], storageClassName: 'fast' });
  });

  it('starts the server from the very folder that the Job makes', () => {
    const [root = '', key = '', name = ''] = builder.containers[0]!.args ?? [];
    expect(server.containers[0]!.args?.[0]).toBe(`${root}/${key}/${name}`);
  });

  it('answers nobody and is selected by no Service', () => {
    expect(builder.containers[0]).not.toHaveProperty('readinessProbe');
    const service = objectsOf(stack, RELEASE).find(({ kind }) => (kind as string) === 'Service')!;
    const { selector } = service.spec as unknown as { selector: Record<string, string> };
    expect(job.spec!.template.metadata?.labels).not.toMatchObject(selector);
  });

  it('gets its GPUs on a full pool, and its place in the quota', () => {
    const classes = stack.resource['kubernetes_priority_class_v1'] ?? {};
    const [made] = Object.values(classes) as unknown as { value: number; metadata: { name: string } }[];
    expect(builder.priorityClassName).toBe(made!.metadata.name);
    expect(made!.value).toBeGreaterThan(100_000);
    expect(JSON.stringify(stack.resource['kubernetes_resource_quota_v1'])).toContain('"requests.nvidia.com/gpu":"4"');
  });

  it('has another name wherever its immutable template differs', () => {
    const other = jobOf(built(({ site }) => void (site.servings[0]!.maxModelLen = 4096)));
    expect(other.metadata?.name).not.toBe(job.metadata?.name);
    expect(jobOf(built()).metadata?.name).toBe(job.metadata?.name);
  });

  it('shares the claim between nodes where there are replicas', () => {
    const several = built(({ site }) => void (site.servings[0]!.replicas = 2));
    const claim = objectsOf(several, RELEASE).find(({ kind }) => (kind as string) === 'PersistentVolumeClaim')!;
    expect(claim.spec).toMatchObject({ accessModes: ['ReadWriteMany'] });
  });

  it('is refused where each replica caches its weights in a claim', () => {
    expect(() => built(({ site }) => void (site.pools[0]!.weights = 'cache'))).toThrow('has an engine built');
  });
});
