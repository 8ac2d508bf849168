import { ENGINE_IMAGE, KIT_IMAGE, MODEL, TOOLBOX_IMAGE } from '../plans/clean-plan';
import { Draft, ENGINE, expectFault, expectProven, MIRROR_POD, POD, testRule, WORKLOAD } from '../plans/draft';
import { toolContainer } from '../plans/workloads';

const ARGS = `${POD}/initContainers/0/args`;
const PIN = `${MIRROR_POD}/container/0/args/6`;
const OTHER = `sha256:${'cd'.repeat(32)}`;

describe('weights named in the plan equal the lock', () => {
  testRule('AIR-WGT-1', [
    {
      name: 'another digest of a locked model',
      fault: (plan) => plan.put(`${ARGS}/5`, `tiny@${OTHER}`),
      check: 'digest',
      at: `${ARGS}/5`,
      subject: 'Deployment airlock-serving/chat init container weights',
    },
    {
      name: 'a model that is not locked',
      fault: (plan) => plan.put(`${ARGS}/5`, MODEL.replace('tiny', 'huge')),
      check: 'model',
      at: `${ARGS}/5`,
    },
    { name: 'a model by revision', fault: (plan) => plan.put(`${ARGS}/5`, 'tiny@main'), check: 'pin', at: `${ARGS}/5` },
    {
      name: 'the option and its value in one word',
      twin: (plan) => plan.put(`${ARGS}/4`, `--model=${MODEL}`).drop(`${ARGS}/5`),
      fault: (plan) => plan.put(`${ARGS}/4`, `--model=tiny@${OTHER}`),
      check: 'digest',
      at: `${ARGS}/4`,
    },
    {
      name: 'a pin of the mirror',
      fault: (plan) => plan.put(PIN, `models/tiny@${OTHER}`),
      check: 'digest',
      at: PIN,
      subject: 'container mirror',
    },
    {
      name: 'a second pin',
      twin: (plan) =>
        plan
          .put(`${MIRROR_POD}/container/0/args/-`, '--pin')
          .put(`${MIRROR_POD}/container/0/args/-`, KIT_IMAGE.replace(/^[^/]+\//, '')),
      fault: (plan) => plan.put(`${MIRROR_POD}/container/0/args/8`, `airlock/kit@${OTHER}`),
      check: 'pin',
      at: `${MIRROR_POD}/container/0/args/8`,
    },
    ...(['fetch', 'pin'] as const).map((by) => {
      const at = by === 'fetch' ? `${POD}/initContainers/1/args/5` : PIN;
      const prefix = by === 'fetch' ? '' : 'files/';
      const put = (plan: Draft, digest: string): unknown => {
        plan.lock.derived.files = [{ ...plan.lock.derived.models[0]!, name: 'words', repository: 'files/words' }];
        if (by === 'fetch') {
          const first = plan.get(`${POD}/initContainers/0`) as { args: string[] };
          const args = [...first.args.slice(0, 4), '--file', '', '--into', '/files'];
          plan.put(`${POD}/initContainers/-`, { ...first, name: 'files', args });
        }
        return plan.put(at, `${prefix}words@${digest}`);
      };
      return {
        name: `a file by ${by}`,
        twin: (plan: Draft) => put(plan, plan.lock.derived.models[0]!.manifest.digest),
        fault: (plan: Draft) => plan.put(at, `${prefix}words@${OTHER}`),
        check: 'digest',
        at,
      };
    }),
    {
      name: 'a model from the environment',
      fault: (plan) => plan.put(`${ARGS}/5`, '$(MODEL)'),
      check: 'unknown',
      at: `${ARGS}/5`,
      verdict: 'UNPROVEN',
    },
    {
      name: 'a model inside of which the environment stands',
      fault: (plan) => plan.put(`${ARGS}/5`, 'tiny@sha256:$(DIGEST)'),
      check: 'unknown',
      at: `${ARGS}/5`,
      verdict: 'UNPROVEN',
    },
    {
      name: 'a program other than the kit’s in the kit’s image',
      fault: (plan) => plan.put(`${POD}/initContainers/0/command`, ['sh', '-c']),
      check: 'unknown',
      at: `${POD}/initContainers/0/command`,
      verdict: 'UNPROVEN',
    },
    {
      name: 'a value that only Terraform knows',
      fault: (plan) => plan.put(PIN, '${var.pin}'),
      check: 'unknown',
      at: PIN,
      verdict: 'UNPROVEN',
    },
  ]);
});

describe('engines start on verified weights', () => {
  const engine = { check: 'unverified', at: ENGINE, subject: 'container engine' };

  /** The serving that lost its workload is reported too; this test is about the engine. */
  const expectUnverified = (draft: Draft): void => {
    const failures = draft.findings('AIR-WGT-2').filter(({ verdict }) => verdict === 'VIOLATED');
    expect(failures.map(({ check, subject }) => [check, subject])).toEqual(
      expect.arrayContaining([
        ['unverified', 'Deployment airlock-serving/chat container engine'],
        ['missing', 'serving chat'],
      ]),
    );
    expect(failures.find(({ check }) => check === 'unverified')?.place?.inner).toBe(
      '/objects/0/spec/template/spec/containers/0',
    );
  };

  it.each<[string, (plan: Draft) => unknown]>([
    ['there is no init container', (plan) => plan.drop(`${POD}/initContainers`)],
    ['the init container runs another image', (plan) => plan.put(`${POD}/initContainers/0/image`, TOOLBOX_IMAGE)],
    ['the init container runs another command of the kit', (plan) => plan.put(`${ARGS}/1`, 'verify')],
    [
      'the init container is a sidecar, which the engine does not wait for',
      (plan) => plan.put(`${POD}/initContainers/0/restartPolicy`, 'Always'),
    ],
    [
      'an ordinary container fetches',
      (plan) => plan.put(`${POD}/containers/-`, plan.get(`${POD}/initContainers/0`)).drop(`${POD}/initContainers`),
    ],
    ['the weights go to a path outside of the volume', (plan) => plan.put(`${ARGS}/7`, '/tmp')],
    ['the weights go outside of the volume by dots', (plan) => plan.put(`${ARGS}/7`, '/models/tiny/../../tmp')],
    [
      'the engine mounts another volume',
      (plan) => plan.put(`${POD}/volumes/-`, { name: 'own', emptyDir: {} }).put(`${ENGINE}/volumeMounts/0/name`, 'own'),
    ],
    ['the engine mounts nothing', (plan) => plan.drop(`${ENGINE}/volumeMounts`)],
    [
      'an option that the audit does not know may change the check',
      (plan) => plan.put(`${ARGS}/-`, '--skip').put(`${ARGS}/-`, 'all'),
    ],
    [
      'a variable may change what the program does',
      (plan) => plan.put(`${POD}/initContainers/0/env`, [{ name: 'NODE_OPTIONS', value: '--require=/models/x.js' }]),
    ],
    [
      'variables come from elsewhere',
      (plan) => plan.put(`${POD}/initContainers/0/envFrom`, [{ configMapRef: { name: 'x' } }]),
    ],
    [
      'a file is mounted over the program',
      (plan) =>
        plan.put(`${POD}/initContainers/0/volumeMounts/-`, { name: 'x', mountPath: '/opt/airlock', readOnly: true }),
    ],
    [
      'the kit is not the locked one',
      (plan) => plan.put(`${POD}/initContainers/0/image`, KIT_IMAGE.replace(/.{64}$/, 'ab'.repeat(32))),
    ],
    ['the volume does not exist', (plan) => plan.drop(`${POD}/volumes`)],
  ])('not when %s', (_, fault) => {
    const draft = new Draft();
    fault(draft);
    expectUnverified(draft);
    expectProven(new Draft(), 'AIR-WGT-2');
  });

  testRule('AIR-WGT-2', [
    {
      name: 'the engine may write to the weights',
      fault: (plan) => plan.put(`${ENGINE}/volumeMounts/0/readOnly`, false),
      check: 'writable',
      at: `${ENGINE}/volumeMounts/0/readOnly`,
      subject: 'volume weights',
    },
    {
      name: 'readOnly is left out',
      fault: (plan) => plan.drop(`${ENGINE}/volumeMounts/0/readOnly`),
      check: 'writable',
      at: `${ENGINE}/volumeMounts/0`,
    },
    {
      name: 'a sidecar may write to the weights',
      twin: (plan) =>
        plan.put(`${POD}/containers/-`, {
          ...toolContainer(),
          volumeMounts: [{ name: 'weights', mountPath: '/w', readOnly: true }],
        }),
      fault: (plan) => plan.drop(`${POD}/containers/1/volumeMounts/0/readOnly`),
      check: 'writable',
      at: `${POD}/containers/1/volumeMounts/0`,
    },
    {
      name: 'an init container may write to the weights',
      twin: (plan) =>
        plan.put(`${POD}/initContainers/-`, {
          ...toolContainer(),
          volumeMounts: [{ name: 'weights', mountPath: '/w', readOnly: true }],
        }),
      fault: (plan) => plan.put(`${POD}/initContainers/1/volumeMounts/0/readOnly`, false),
      check: 'writable',
      at: `${POD}/initContainers/1/volumeMounts/0/readOnly`,
    },
    {
      name: 'a second writable mount beside the certificate of the mirror',
      twin: (plan) =>
        plan
          .put(`${POD}/volumes/-`, { name: 'ca', configMap: { name: 'ca' } })
          .put(`${POD}/initContainers/0/volumeMounts/-`, { name: 'ca', mountPath: '/etc/airlock/ca', readOnly: true }),
      fault: (plan) => plan.put(`${ENGINE}/volumeMounts/-`, { name: 'weights', mountPath: '/again' }),
      check: 'writable',
      at: `${ENGINE}/volumeMounts/1`,
    },
    {
      name: 'the volume outlives the pod',
      twin: (plan) => plan.put(`${POD}/volumes/0`, { name: 'weights', ephemeral: { volumeClaimTemplate: {} } }),
      fault: (plan) =>
        plan.put(`${POD}/volumes/0`, { name: 'weights', persistentVolumeClaim: { claimName: 'weights' } }),
      check: 'shared-volume',
      at: `${POD}/initContainers/0`,
      verdict: 'UNPROVEN',
    },
    {
      name: 'a serving without workload',
      twin: (plan) => {
        plan.site.servings.push({ ...plan.site.servings[0]!, name: 'second' });
        plan.lock.images.find(({ usedBy }) => usedBy.includes('serving/chat'))?.usedBy.push('serving/second');
        const objects = plan.get(WORKLOAD.replace(/\/0$/, '')) as object[];
        objects.push({ ...structuredClone(objects[0]), metadata: { name: 'second', namespace: 'airlock-serving' } });
      },
      fault: (plan) => plan.drop(`${WORKLOAD.replace(/\/0$/, '')}/2`),
      check: 'missing',
      at: '',
      subject: 'serving second',
    },
  ]);

  it('finds an engine that is named on another registry too', () => {
    const draft = new Draft()
      .put(`${ENGINE}/image`, `docker.io/vllm@${ENGINE_IMAGE.split('@')[1] ?? ''}`)
      .drop(`${POD}/initContainers`);
    expectUnverified(draft);
  });

  it('finds an engine in a typed resource', () => {
    const container = `${MIRROR_POD}/container/0`;
    const draft = new Draft().put(`${container}/image`, ENGINE_IMAGE);
    expectFault(draft, { rule: 'AIR-WGT-2', ...engine, at: container, subject: 'container mirror' });
  });

  it('asks for the model of the serving, not for any model', () => {
    const draft = new Draft();
    draft.lock.models.push({ ...draft.lock.models[0]!, name: 'other' });
    draft.lock.derived.models.push({ ...draft.lock.derived.models[0]!, name: 'other' });
    draft.put(`${ARGS}/5`, MODEL.replace('tiny', 'other'));
    expectUnverified(draft);
  });
});
