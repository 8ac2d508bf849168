import { ENGINE_IMAGE, KIT_IMAGE, MODEL, TOOLBOX_IMAGE } from '../plans/clean-plan';
import { Draft, ENGINE, expectFault, expectProven, MIRROR_POD, POD, testRule, WORKLOAD } from '../plans/draft';
import { toolContainer } from '../plans/workloads';

const ARGS = `${POD}/initContainers/0/args`;
const PIN = `${MIRROR_POD}/container/0/args/6`;
const OTHER = `sha256:${'cd'.repeat(32)}` as const;

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
    {
      name: 'an Ollama store that is not locked',
      twin: (plan) => {
        const store = { ...plan.lock.derived.models[0]!, name: 'chat', servedName: 'chat', model: 'tiny' };
        plan.lock.derived.stores = [{ ...store, repository: 'ollama/chat' }];
        plan.put(`${ARGS}/4`, '--ollama').put(`${ARGS}/5`, `chat@${store.manifest.digest}`);
      },
      fault: (plan) => plan.put(`${ARGS}/5`, `chat@${OTHER}`),
      check: 'digest',
      at: `${ARGS}/5`,
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

const HEX = MODEL.split('@sha256:')[1] ?? '';
const INIT = `${POD}/initContainers/0`;
const MOUNT = `${ENGINE}/volumeMounts/0`;
const VERIFY = ['weights', 'verify', '--manifest', '/etc/airlock/manifests/tiny.json'];

/** The engine's pod holds a volume that is there already against the manifest. */
function verifies(plan: Draft, subPath: string, volume: object): Draft {
  const mount = { name: 'weights', mountPath: '/models/tiny', subPath, readOnly: true };
  return plan
    .put(`${INIT}/args`, [...VERIFY, '--digest', `sha256:${HEX}`, '--dir', '/models/tiny'])
    .put(`${INIT}/volumeMounts`, [mount, { name: 'manifests', mountPath: '/etc/airlock/manifests', readOnly: true }])
    .put(MOUNT, { ...mount })
    .put(`${POD}/volumes`, [
      { name: 'weights', ...volume },
      { name: 'manifests', configMap: { name: 'chat-manifests' } },
    ]);
}

/** A container of another pod that mounts a claim. */
function anotherPod(plan: Draft, claimName: string, container: object): Draft {
  return plan.put(`${WORKLOAD.replace(/\/0$/, '')}/-`, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'other', namespace: 'airlock-serving' },
    spec: {
      template: {
        spec: {
          containers: [{ ...toolContainer(), ...container }],
          volumes: [{ name: 'claim', persistentVolumeClaim: { claimName } }],
        },
      },
    },
  });
}

const writes = { volumeMounts: [{ name: 'claim', mountPath: '/c' }] };
const reads = { volumeMounts: [{ name: 'claim', mountPath: '/c', readOnly: true }] };
const fills = {
  image: KIT_IMAGE,
  args: ['weights', 'fetch', '--mirror', 'http://m', '--model', MODEL, '--into', `/c/${HEX}`],
  ...writes,
};
const LAST_MOUNT = `${WORKLOAD.replace(/\/0$/, '')}/2/spec/template/spec/containers/0/volumeMounts/0/readOnly`;
const TEMPLATE = `${WORKLOAD}/spec/template`;

describe('weights in an image volume', () => {
  const image = (plan: Draft): Draft => verifies(plan, 'models/tiny', { image: { reference: ENGINE_IMAGE } });
  const unverified = (fault: (plan: Draft) => unknown): void => {
    const plan = image(new Draft());
    expectProven(plan, 'AIR-WGT-2');
    fault(plan);
    expect(plan.findings('AIR-WGT-2').map(({ check }) => check)).toContain('unverified');
  };

  it.each<[string, (plan: Draft) => unknown]>([
    ['another folder of it is mounted', (plan) => plan.put(`${MOUNT}/subPath`, 'models/other')],
    ['all of it is mounted', (plan) => plan.drop(`${MOUNT}/subPath`)],
    [
      'the folder comes from the environment',
      (plan) => plan.drop(`${MOUNT}/subPath`).put(`${MOUNT}/subPathExpr`, '$(X)'),
    ],
    ['another folder is verified', (plan) => plan.put(`${INIT}/volumeMounts/0/subPath`, 'models/other')],
    ['no manifest is named', (plan) => plan.put(`${INIT}/args/2`, '--mirror')],
    ['nothing verifies', (plan) => plan.drop(`${POD}/initContainers`)],
    [
      'an option that the audit does not know is set',
      (plan) => plan.put(`${INIT}/args/-`, '--skip').put(`${INIT}/args/-`, 'x'),
    ],
    ['the manifest of no locked model is verified', (plan) => plan.put(`${INIT}/args/5`, OTHER)],
  ])('is not verified when %s', (_what, fault) => unverified(fault));

  it('is not verified when another model is', () => {
    unverified((plan) => {
      plan.lock.models.push({ ...plan.lock.models[0]!, name: 'other' });
      const manifest = { ...plan.lock.derived.models[0]!.manifest, digest: OTHER } as const;
      plan.lock.derived.models.push({ ...plan.lock.derived.models[0]!, name: 'other', manifest });
      plan.put(`${INIT}/args/5`, OTHER);
    });
  });

  testRule('AIR-WGT-1', [
    {
      name: 'a manifest that is not locked',
      twin: image,
      fault: (plan) => plan.put(`${INIT}/args/5`, OTHER),
      check: 'digest',
      at: `${INIT}/args/5`,
    },
  ]);

  const imageOf = (plan: Draft): string => {
    const repository = 'model-images/tiny';
    plan.lock.derived.models[0]!.image = { repository, manifests: plan.lock.derived.kit.manifests };
    return `${ENGINE_IMAGE.split('/')[0] ?? ''}/${repository}@${plan.lock.derived.kit.manifests[0]!.digest}`;
  };
  testRule('AIR-IMG-1', [
    {
      name: 'another image than the one that the lock derives',
      twin: (plan) => image(plan).put(`${POD}/volumes/0/image/reference`, imageOf(plan)),
      fault: (plan) => plan.put(`${POD}/volumes/0/image/reference`, imageOf(plan).replace(/.{64}$/, 'cd'.repeat(32))),
      check: 'lock',
      at: `${POD}/volumes/0/image/reference`,
    },
  ]);
});

describe('weights in a claim of the replica', () => {
  const cache = (plan: Draft): Draft =>
    plan
      .put(`${WORKLOAD}/kind`, 'StatefulSet')
      .put(`${WORKLOAD}/spec/volumeClaimTemplates`, [{ metadata: { name: 'weights' } }])
      .drop(`${POD}/volumes`)
      .put(`${INIT}/args`, ['weights', 'fetch', '--mirror', 'http://m', '--model', MODEL, '--cache', '/cache'])
      .put(`${INIT}/volumeMounts/0/mountPath`, '/cache')
      .put(`${MOUNT}/subPath`, HEX);

  it.each<[string, (plan: Draft) => unknown]>([
    ['another digest is mounted', (plan) => plan.put(`${MOUNT}/subPath`, 'ab'.repeat(32))],
    ['all of it is mounted', (plan) => plan.drop(`${MOUNT}/subPath`)],
    [
      'the workload has no such template',
      (plan) => plan.put(`${WORKLOAD}/spec/volumeClaimTemplates/0/metadata/name`, 'x'),
    ],
    ['the workload is of a kind without templates', (plan) => plan.put(`${WORKLOAD}/kind`, 'Deployment')],
    [
      'it is fetched into a folder and a cache at once',
      (plan) => plan.put(`${INIT}/args/-`, '--into').put(`${INIT}/args/-`, '/cache/x'),
    ],
  ])('is not verified when %s', (_what, fault) => {
    const plan = cache(new Draft());
    expectProven(plan, 'AIR-WGT-2');
    fault(plan);
    expect(plan.findings('AIR-WGT-2').map(({ check }) => check)).toContain('unverified');
  });

  testRule('AIR-WGT-2', [
    {
      name: 'the engine may write to it',
      twin: cache,
      fault: (plan) => plan.put(`${MOUNT}/readOnly`, false),
      check: 'writable',
      at: `${MOUNT}/readOnly`,
    },
    {
      name: 'another pod may write to the claim of a replica',
      twin: (plan) => anotherPod(cache(plan), 'weights-chat-0', reads),
      fault: (plan) => plan.drop(LAST_MOUNT),
      check: 'writable',
      at: TEMPLATE,
      subject: 'volume weights',
    },
  ]);

  it('may lie beside claims of others', () => {
    expectProven(anotherPod(cache(new Draft()), 'weights-chat-x', writes), 'AIR-WGT-2');
  });
});

describe('weights in a shared claim', () => {
  const claim = (plan: Draft): Draft => {
    plan.enclave.weights = {
      claim: { name: 'models', owner: 'storage@nordlicht.example', reason: 'read-only export' },
    };
    return verifies(plan, HEX, { persistentVolumeClaim: { claimName: 'models', readOnly: true } });
  };

  testRule('AIR-WGT-2', [
    {
      name: 'a claim that the enclave does not name',
      twin: claim,
      fault: (plan) => plan.put(`${POD}/volumes/0/persistentVolumeClaim/claimName`, 'others'),
      check: 'shared-volume',
      at: INIT,
      verdict: 'UNPROVEN',
    },
    {
      name: 'another pod may write to it',
      twin: (plan) => anotherPod(claim(plan), 'models', fills),
      fault: (plan) =>
        plan.put(`${WORKLOAD.replace(/\/0$/, '')}/2/spec/template/spec/containers/0/image`, TOOLBOX_IMAGE),
      check: 'writable',
      at: TEMPLATE,
    },
    {
      name: 'a filling pod with a second container that may write to it',
      twin: (plan) => anotherPod(claim(plan), 'models', fills),
      fault: (plan) =>
        plan.put(`${WORKLOAD.replace(/\/0$/, '')}/2/spec/template/spec/containers/-`, {
          ...toolContainer(),
          ...writes,
        }),
      check: 'writable',
      at: TEMPLATE,
    },
    {
      name: 'the engine may write to it',
      twin: claim,
      fault: (plan) => plan.put(`${MOUNT}/readOnly`, false),
      check: 'writable',
      at: `${MOUNT}/readOnly`,
    },
  ]);

  it('is not verified when another folder is mounted', () => {
    const plan = claim(new Draft()).put(`${MOUNT}/subPath`, 'ab'.repeat(32));
    expect(plan.findings('AIR-WGT-2').map(({ check }) => check)).toContain('unverified');
  });
});
