import { ACCELERATORS } from '../../../catalog/accelerators';
import { KIT_IMAGE, TOOLBOX_IMAGE } from '../plans/clean-plan';
import {
  Draft,
  ENGINE,
  expectFault,
  expectProven,
  MIRROR_POD,
  NEXT_ARGUMENT,
  NEXT_VARIABLE,
  POD,
  testRule,
  VALUES,
} from '../plans/draft';
import { toolContainer } from '../plans/workloads';

const unproven = { verdict: 'UNPROVEN' } as const;
const INIT = `${POD}/initContainers/0`;
const MIRROR = `${MIRROR_POD}/container/0`;
const SUBJECT = 'Deployment airlock-serving/chat container engine';

// What each program may be told is held in test/audit/programs; here is what the rule makes of it.
describe('every program of the platform is told nothing but what is known of it', () => {
  testRule('AIR-RUN-1', [
    {
      name: 'an option that is not known',
      fault: (plan) => plan.put(`${ENGINE}/args/-`, '--no-such-option'),
      ...{ check: 'argument', at: NEXT_ARGUMENT, subject: SUBJECT, ...unproven },
    },
    {
      name: 'a variable that is not known',
      fault: (plan) => plan.put(`${ENGINE}/env/-`, { name: 'LD_PRELOAD', value: '/models/tiny/x.so' }),
      ...{ check: 'environment', at: NEXT_VARIABLE, subject: SUBJECT, ...unproven },
    },
    {
      name: 'an engine that asks a hub',
      fault: (plan) => plan.put(`${ENGINE}/env/0/value`, '0'),
      ...{ check: 'environment', at: `${ENGINE}/env/0/value`, ...unproven },
    },
    {
      name: 'a model under the name of another',
      fault: (plan) => plan.put(`${ENGINE}/args/2`, 'other'),
      ...{ check: 'argument', at: `${ENGINE}/args/2`, ...unproven },
    },
    {
      name: 'a shell in place of the engine',
      fault: (plan) => plan.put(`${ENGINE}/command`, ['/bin/sh', '/models/tiny/start.sh']),
      ...{ check: 'command', at: `${ENGINE}/command`, ...unproven },
    },
    {
      name: 'a probe that runs something',
      fault: (plan) => plan.put(`${ENGINE}/livenessProbe`, { exec: { command: ['sh'] } }),
      ...{ check: 'probe', at: `${ENGINE}/livenessProbe/exec/command`, ...unproven },
    },
    {
      name: 'a volume over the code of the engine',
      twin: (plan) =>
        plan
          .put(`${POD}/volumes/-`, { name: 'tmp', emptyDir: {} })
          .put(`${ENGINE}/volumeMounts/-`, { name: 'tmp', mountPath: '/tmp' }),
      fault: (plan) => plan.put(`${ENGINE}/volumeMounts/1/mountPath`, '/usr/local/lib'),
      ...{ check: 'mount', at: `${ENGINE}/volumeMounts/1`, ...unproven },
    },
    {
      name: 'an unknown command of the kit',
      fault: (plan) => plan.put(`${MIRROR}/args/0`, 'import'),
      ...{ check: 'command', at: MIRROR, subject: 'Deployment airlock-mirror/weight-mirror', ...unproven },
    },
    {
      name: 'an option of the mirror that is not known, in a typed resource',
      fault: (plan) => plan.put(`${MIRROR}/args/-`, '--upstream'),
      ...{ check: 'argument', at: `${MIRROR}/args/7`, ...unproven },
    },
    {
      name: 'a container of others beside the engine, which has its address',
      fault: (plan) => plan.put(`${POD}/containers/-`, toolContainer()),
      ...{ check: 'company', at: `${POD}/containers/1`, subject: 'Deployment airlock-serving/chat', ...unproven },
    },
    {
      name: 'an init container of others, which writes into the volumes of the engine',
      fault: (plan) => plan.put(`${POD}/initContainers/-`, toolContainer()),
      ...{ check: 'company', at: `${POD}/initContainers/1`, ...unproven },
    },
    {
      name: 'an argument that only Terraform knows',
      fault: (plan) => plan.put(`${MIRROR}/args/2`, '${var.folder}'),
      ...{ check: 'unknown', at: `${MIRROR}/args/2`, ...unproven },
    },
  ]);

  it('says nothing of images that the site adds by itself', () => {
    const draft = new Draft().put(`${VALUES}/objects/-`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'tool', namespace: 'airlock-serving' },
      spec: { containers: [{ ...toolContainer(), command: ['anything'], env: [{ name: 'LD_PRELOAD', value: 'x' }] }] },
    });
    expect(draft.findings('AIR-RUN-1').filter(({ subject }) => subject.includes('/tool'))).toEqual([]);
    expectProven(draft, 'AIR-RUN-1');
  });

  it('knows an image by its digest, wherever it is said to come from', () => {
    const draft = new Draft().put(`${POD}/containers/-`, {
      ...toolContainer(),
      ...{ image: KIT_IMAGE.replace('airlock/kit', 'docker.io/library/busybox'), args: ['anything'] },
    });
    expect(draft.findings('AIR-RUN-1').some(({ check }) => check === 'command')).toBe(true);
    expect(TOOLBOX_IMAGE).not.toBe(KIT_IMAGE);
  });

  it.each([
    ['outside of the weights', '/tmp/model'],
    ['that is a name of a hub', 'organization/model'],
    ['that leaves the weights', '/models/tiny/../../tmp/model'],
    ['that the kubelet fills in', '/models/tiny/$(HOME)'],
  ])('leaves a path %s to AIR-WGT-2, where it is a violation', (_what, path) => {
    const draft = new Draft().put(`${ENGINE}/args/0`, path);
    expectFault(draft, { rule: 'AIR-WGT-2', check: 'unverified-path', at: `${ENGINE}/args/0`, subject: SUBJECT });
    expectProven(draft, 'AIR-RUN-1');
  });

  it('leaves a mount into the weights to AIR-WGT-2, too', () => {
    const draft = new Draft()
      .put(`${POD}/volumes/-`, { name: 'over', configMap: { name: 'x' } })
      .put(`${ENGINE}/volumeMounts/-`, { name: 'over', mountPath: '/models/tiny/config.json', subPath: 'config.json' });
    expectFault(draft, {
      rule: 'AIR-WGT-2',
      check: 'unverified-path',
      at: `${ENGINE}/volumeMounts/1`,
      subject: SUBJECT,
    });
  });

  it('is told of the init container that verifies, as of any other', () => {
    const draft = new Draft().put(`${INIT}/args/-`, '--skip-verify');
    expect(
      draft
        .findings('AIR-RUN-1')
        .some(({ subject, verdict }) => verdict === 'UNPROVEN' && subject.includes('init container weights')),
    ).toBe(true);
  });
});

describe('no pod asks for a device or a runtime but those that the kit knows', () => {
  const resources = (name: string) => ({ limits: { cpu: '1', memory: '1Gi', [name]: '1' }, requests: { cpu: '1' } });
  const DEVICES = Object.values(ACCELERATORS).flatMap(({ resource }) => (resource === undefined ? [] : [resource]));

  it.each([
    ...new Set(DEVICES),
    'nvidia.com/gpu.shared',
    'nvidia.com/mig-3g.40gb',
    'nvidia.com/mig-1g.10gb.me',
    'hugepages-2Mi',
    'ephemeral-storage',
  ])('knows %s', (name) => expectProven(new Draft().put(`${ENGINE}/resources`, resources(name)), 'AIR-RUN-2'));

  it.each([
    'intel.com/sriov',
    'smarter-devices/fuse',
    'nvidia.com/gpu2',
    'nvidia.com/mig-',
    'cpu2',
    'hugepages-',
    'x',
    'nvidia.com/hostdev',
  ])('does not know %s, whatever asks for it', (name) => {
    const escaped = name.replace('/', '~1');
    for (const side of ['limits', 'requests'])
      for (const container of [ENGINE, INIT])
        expectFault(new Draft().put(`${container}/resources/${side}`, { [name]: 1 }), {
          ...{ rule: 'AIR-RUN-2', check: 'device', at: `${container}/resources/${side}/${escaped}`, ...unproven },
        });
  });

  const range = (side: string, name: string): object => ({
    ...{ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'more', namespace: 'airlock-serving' } },
    spec: { limits: [{ type: 'Container', [side]: { cpu: '1', [name]: '1' } }] },
  });

  testRule(
    'AIR-RUN-2',
    ['default', 'defaultRequest'].map((side) => ({
      name: `a device that a LimitRange gives to everybody: ${side}`,
      twin: (plan: Draft) => plan.put(`${VALUES}/objects/-`, range(side, 'memory')),
      fault: (plan: Draft) => plan.put(`${VALUES}/objects/2`, range(side, 'intel.com/sriov')),
      ...{ check: 'device', at: `${VALUES}/objects/2/spec/limits/0/${side}/intel.com~1sriov`, ...unproven },
    })),
  );

  const runtime = (handler: string): object => ({
    ...{ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'gpu' }, handler },
  });

  testRule('AIR-RUN-2', [
    ...['nvidia', 'runc'].map((handler) => ({
      name: `another handler than ${handler}`,
      twin: (plan: Draft) => plan.put(`${VALUES}/objects/-`, runtime(handler)).put(`${POD}/runtimeClassName`, 'gpu'),
      fault: (plan: Draft) => plan.put(`${VALUES}/objects/2/handler`, 'kata'),
      ...{ check: 'runtime', at: `${POD}/runtimeClassName`, ...unproven },
    })),
    {
      name: 'a runtime class that the plan does not make',
      fault: (plan) => plan.put(`${POD}/runtimeClassName`, 'gpu'),
      ...{ check: 'runtime', at: `${POD}/runtimeClassName`, ...unproven },
    },
  ]);
});
