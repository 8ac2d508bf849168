import { gzipSync } from 'node:zlib';
import type { PlainObject } from '../../../audit/kubernetes/plain';
import type { StackObject } from '../../../cluster/planned-objects';
import { contentSizes } from '../../../cluster/runbook/content-sizes';
import { besidePlan } from '../../../cluster/runbook/deployed-before';
import { releasedObjects } from '../../../cluster/runbook/helm-releases';
import { type Runbook, runbookOf, type RunbookOptions } from '../../../cluster/runbook/runbook';
import { runbookPage } from '../../../cluster/runbook/text';
import { laidOut } from '../../../scripts/ui/layout';
import { digestOf } from '../../../core/digest';
import { inputs } from '../../stacks/synthesized';

const [ENGINE, NEWER, MODEL, OTHER, KIT] = ['engine', 'newer', 'model', 'other', 'kit'].map((text) =>
  digestOf(text),
) as [`sha256:${string}`, ...`sha256:${string}`[]];
const textOf = (runbook: Runbook): string => laidOut(runbookPage(runbook));
const STACKS = ['mirror', 'serving'].map((name) => ({ name, folder: `stacks/${name}` }));
const SIZES = new Map([
  [ENGINE, 8_000_000_000],
  [NEWER!, 9_000_000_000],
  [MODEL!, 40_000_000_000],
  [OTHER!, 60_000_000_000],
]);

const plan = (stack: string, object: PlainObject, released = true): StackObject => ({ stack, released, object });

interface Chat {
  readonly engine?: string;
  readonly model?: string;
}

const chat = ({ engine = ENGINE, model = MODEL! }: Chat = {}): StackObject =>
  plan('serving', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'chat', namespace: 'airlock-serving' },
    spec: {
      progressDeadlineSeconds: 1461,
      template: {
        spec: {
          initContainers: [
            {
              name: 'weights',
              image: `r:5443/airlock/kit@${KIT!}`,
              args: ['weights', 'fetch', '--mirror', 'https://m:8443', '--model', `m@${model}`],
            },
          ],
          containers: [{ name: 'engine', image: `r:5443/vllm@${engine}`, args: [] }],
        },
      },
    },
  });

const claim = (storage: string): StackObject =>
  plan(
    'mirror',
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'weight-mirror', namespace: 'airlock-mirror' },
      spec: { resources: { requests: { storage } } },
    },
    false,
  );

const book = (before: readonly StackObject[], after: readonly StackObject[], more: Partial<RunbookOptions> = {}) =>
  runbookOf({ plan: 'cdktf.out', site: 'nordlicht', before, after, stacks: STACKS, sizes: SIZES, ...more });

describe('runbookOf', () => {
  it('has no step where nothing differs', () => {
    const same = book([chat(), claim('1Gi')], [chat(), claim('1Gi')]);
    expect(same.steps).toEqual([]);
    expect(textOf(same)).toBe('nothing differs: there is nothing to do');
  });

  it('goes from the check of new content by the stacks that change to the check of what runs', () => {
    const { steps, fresh, left } = book([claim('1Gi'), chat()], [claim('1Gi'), chat({ engine: NEWER! })]);
    expect(steps.map(({ title }) => title)).toEqual([
      'see that the registry has what is new; where it has not, import the bundle that brings it',
      'judge the plan and the cluster before anything changes',
      'deploy stack serving',
      'see that what runs is what is planned, and keep it',
    ]);
    expect(fresh).toEqual([{ host: 'r:5443', repository: 'vllm', digest: NEWER, bytes: 9_000_000_000 }]);
    expect(left).toEqual([{ host: 'r:5443', repository: 'vllm', digest: ENGINE }]);
    expect(steps[0]?.checks[0]).toContain(`https://r:5443/v2/vllm/manifests/${NEWER!}`);
    expect(steps[2]).toMatchObject({
      commands: [
        'terraform -chdir=cdktf.out/stacks/serving init -input=false',
        'terraform -chdir=cdktf.out/stacks/serving plan -input=false -out=plan',
        'terraform -chdir=cdktf.out/stacks/serving apply -input=false plan',
        'rm cdktf.out/stacks/serving/plan',
      ],
      checks: ['kubectl rollout status --namespace airlock-serving deployment/chat --timeout=1461s'],
      changes: [
        {
          ...{ stack: 'serving', subject: 'Deployment airlock-serving/chat', action: 'change' },
          fields: ['spec.template.spec.containers[engine].image'],
        },
      ],
      atMostSeconds: 1461,
    });
  });

  it('says how long weights take at a speed, and nothing where a size or the speed is unknown', () => {
    const to = [chat({ model: OTHER! })];
    const step = (of: ReturnType<typeof book>) => of.steps.find(({ title }) => title === 'deploy stack serving');
    expect(step(book([chat()], to, { speed: 250e6 }))?.expectedSeconds).toBe(240);
    expect(step(book([chat()], to))).not.toHaveProperty('expectedSeconds');
    expect(step(book([chat()], [chat({ model: digestOf('unknown') })], { speed: 250e6 }))).not.toHaveProperty(
      'expectedSeconds',
    );
  });

  it('marks what cannot be taken back', () => {
    const noReturn = (before: StackObject[], after: StackObject[]) =>
      book(before, after).steps.flatMap(({ title, pointOfNoReturn }) =>
        pointOfNoReturn === undefined ? [] : [[title, pointOfNoReturn]],
      );
    expect(noReturn([claim('1Gi'), chat()], [claim('2Gi'), chat()])).toEqual([
      [
        'deploy stack mirror',
        'PersistentVolumeClaim airlock-mirror/weight-mirror cannot get its former specification back',
      ],
    ]);
    expect(noReturn([claim('1Gi'), chat()], [chat()])).toEqual([
      ['deploy stack mirror', 'PersistentVolumeClaim airlock-mirror/weight-mirror and what it holds are gone'],
    ]);
    expect(noReturn([chat()], [chat({ engine: NEWER! })])).toEqual([]);
    expect(textOf(book([claim('1Gi'), chat()], [chat()]))).toContain(
      'the point of no return is the step "deploy stack mirror"',
    );
  });

  const STACKS_BEFORE = ['platform', 'accelerators', 'mirror', 'gateway'].map((name) => ({
    ...{ name, folder: `stacks/${name}` },
    isGuarded: name === 'gateway',
  }));
  const leftOut = (more: Partial<RunbookOptions> = {}) =>
    book([plan('accelerators', chat().object), plan('gateway', claim('1Gi').object)], [], more).steps.filter(
      ({ title }) => title.startsWith('destroy'),
    );

  it('destroys stacks that are left out by the plan that still has them, what builds on others first', () => {
    const previous = { plan: 'old plans/1', stacks: STACKS_BEFORE };
    const [gateway, accelerators] = leftOut({ previous, program: 'npx airlock', lock: 'new.json' });
    const terraform = 'terraform -chdir=cdktf.retired/stacks/gateway';
    expect(gateway?.commands).toEqual([
      "AIRLOCK_ALLOW_DESTROY=nordlicht npx airlock retire gateway --from 'old plans/1' --out cdktf.retired --lock new.json",
      `${terraform} init -input=false`,
      `${terraform} plan -destroy -input=false -out=plan`,
      `${terraform} apply -input=false plan`,
      'rm cdktf.retired/stacks/gateway/plan',
    ]);
    expect(accelerators?.title).toBe('destroy stack accelerators, with the plan that still has it');
    expect(accelerators?.commands[0]).toMatch(/^npx airlock retire accelerators /); // it holds no state
  });

  it('prints no command with a folder that nobody named', () => {
    for (const { title, commands } of leftOut())
      expect([title, commands]).toEqual([expect.stringMatching(/; --from <plan> says how$/), []]);
  });

  it('tells how to go back: by rollback, or by destroying where nothing was before', () => {
    expect(textOf(book([chat()], [chat({ engine: NEWER! })]))).toContain(
      '`airlock rollback --apply` takes back every step',
    );
    expect(textOf(book([], [chat()]))).toContain('the way back is to destroy the stacks');
  });

  it('gives the same text twice', () => {
    const twice = [1, 2].map(() => textOf(book([chat()], [chat({ engine: NEWER!, model: OTHER! })], { speed: 1e8 })));
    expect(twice[0]).toBe(twice[1]);
    expect(twice[0]).toContain('   transfer: about 10 min');
    expect(twice[0]).toContain(`  r:5443/vllm@${NEWER!} 9.0 GB`);
  });
});

it.each([
  [0, '0 B'],
  [1, '1 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [432_100, '432.1 kB'],
  [1_500_000, '1.5 MB'],
  [9_000_000_000, '9.0 GB'],
])('shows %i bytes as %s', (bytes, shown) => {
  const text = textOf(book([chat()], [chat({ engine: NEWER! })], { sizes: new Map([[NEWER!, bytes]]) }));
  expect(text).toContain(`  r:5443/vllm@${NEWER!} ${shown}\n`);
});

describe('releasedObjects', () => {
  const secret = (release: object) => ({
    data: { release: Buffer.from(gzipSync(JSON.stringify(release)).toString('base64')).toString('base64') },
  });

  it('reads the objects of an envelope release as Helm stores it', () => {
    const { object } = chat();
    const bare = { ...object, metadata: { name: 'chat' } };
    const read = releasedObjects(secret({ name: 'chat', namespace: 'airlock-serving', config: { objects: [bare] } }));
    expect(read).toEqual([object]);
  });

  it('leaves releases of other charts alone', () => {
    expect(releasedObjects(secret({ name: 'x', namespace: 'y', config: { replicas: 1 } }))).toBeUndefined();
  });
});

describe('besidePlan', () => {
  it('compares releases alone, each in the stack of its object or its namespace', () => {
    const namespace = plan(
      'mirror',
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'airlock-mirror' } },
      false,
    );
    const gone = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'old', namespace: 'airlock-mirror' } };
    const { before, after } = besidePlan([chat().object, gone], [chat(), claim('1Gi'), namespace]);
    expect(before.map(({ stack }) => stack)).toEqual(['serving', 'mirror']);
    expect(after).toEqual([chat()]);
  });
});

it('contentSizes knows images, models and files of a lock', () => {
  const { lock } = inputs();
  const sizes = contentSizes(lock);
  const [model] = lock.models;
  const derived = lock.derived.models.find(({ name }) => name === model!.name)!;
  expect(sizes.get(derived.manifest.digest)).toBe(model!.files.reduce((sum, { size }) => sum + size, 0));
  for (const { manifests } of lock.images)
    for (const { digest, layers } of manifests)
      expect(sizes.get(digest)).toBe(layers.reduce((sum, { size }) => sum + size, 0));
});
