import { examples, loadFiles } from '../../../tools/examples';
import { inRelease, type Json, OwnDraft, resourcesOf, type Stacks, valueOn } from '../plans/own-draft';

let own: OwnDraft;
beforeAll(async () => {
  own = await OwnDraft.of(await loadFiles(examples().find(({ name }) => name === 'h100-single')!.folder));
});

const ofKind = (objects: readonly Json[], kind: string): Json => {
  const found = objects.find((object) => object['kind'] === kind);
  if (found === undefined)
    throw new Error(`there is no ${kind}: ${objects.map((object) => String(object['kind'])).join(', ')}`);
  return found;
};
const collector = (change: (set: Json) => unknown) => (stacks: Stacks) =>
  inRelease(stacks['traces'], 'collector', (objects) => change(ofKind(objects, 'StatefulSet')));
const releases = (stack: Json | undefined): Json[] => Object.values(resourcesOf(stack, 'helm_release'));

describe('what callers leave behind is not destroyed by accident', () => {
  it('is proven of the kit’s own plan, for claims and for their namespaces', () => {
    expect(own.failures('AIR-DATA-2')).toEqual([]);
    const proven = own.findings('AIR-DATA-2').map(({ subject }) => subject);
    expect(proven).toEqual(expect.arrayContaining(['Namespace airlock-telemetry']));
    expect(proven.some((subject) => subject.startsWith('PersistentVolumeClaim '))).toBe(true);
  });

  it.each(['Delete', 'x'])('is violated where claims of a StatefulSet go with it: %s', (policy) => {
    for (const field of ['whenDeleted', 'whenScaled']) {
      const found = own.failures(
        'AIR-DATA-2',
        collector((set) => (valueOn(set, 'spec')['persistentVolumeClaimRetentionPolicy'] = { [field]: policy })),
      );
      expect(found).toEqual(['VIOLATED [retention] StatefulSet airlock-telemetry/trace-collector']);
    }
  });

  it('is proven where they are retained by name, or by default', () => {
    for (const policy of [{ whenDeleted: 'Retain', whenScaled: 'Retain' }, {}, undefined])
      expect(
        own.failures(
          'AIR-DATA-2',
          collector((set) => (valueOn(set, 'spec')['persistentVolumeClaimRetentionPolicy'] = policy)),
        ),
      ).toEqual([]);
  });

  it.each(['force_update', 'recreate_pods', 'replace'])(
    'is violated where a release deletes what it finds: %s',
    (name) => {
      const found = own.failures('AIR-DATA-2', (stacks) => {
        for (const release of releases(stacks['traces'])) release[name] = true;
      });
      expect(found.length).toBeGreaterThan(0);
      expect(found.filter((line) => !line.startsWith('VIOLATED [replace] '))).toEqual([]);
      const said = own.failures('AIR-DATA-2', (stacks) => {
        for (const release of releases(stacks['traces'])) release[name] = false;
      });
      expect(said).toEqual([]);
    },
  );

  it.each([
    ['kubernetes_namespace_v1', 'Namespace airlock-telemetry'],
    ['kubernetes_persistent_volume_claim_v1', 'PersistentVolumeClaim airlock-telemetry/'],
  ])('is violated where a plan without it destroys a %s', (type, subject) => {
    for (const lifecycle of [undefined, {}, { prevent_destroy: false }, { create_before_destroy: true }]) {
      const found = own.failures('AIR-DATA-2', (stacks) => {
        for (const one of Object.values(resourcesOf(stacks['traces'], type))) one['lifecycle'] = lifecycle;
      });
      expect(found.length).toBeGreaterThan(0);
      expect(found.filter((line) => !line.startsWith(`VIOLATED [destroy] ${subject}`))).toEqual([]);
    }
  });

  it('is violated where a claim of a release goes with it, and proven where Helm keeps it', () => {
    const claim = (annotations: Json) => (stacks: Stacks) => {
      const [name = '', typed] =
        Object.entries(resourcesOf(stacks['traces'], 'kubernetes_persistent_volume_claim_v1'))[0] ?? [];
      const { name: claimName, namespace } = valueOn(typed, 'metadata');
      Reflect.deleteProperty(resourcesOf(stacks['traces'], 'kubernetes_persistent_volume_claim_v1'), name);
      inRelease(stacks['traces'], 'collector', (objects) =>
        objects.push({
          ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: claimName, namespace, annotations } },
          spec: { storageClassName: 'local-path', accessModes: ['ReadWriteOnce'] },
        }),
      );
    };
    expect(own.failures('AIR-DATA-2', claim({}))).toEqual([
      expect.stringMatching(/^VIOLATED \[destroy\] PersistentVolumeClaim /),
    ]);
    expect(own.failures('AIR-DATA-2', claim({ 'helm.sh/resource-policy': 'delete' }))).toHaveLength(1);
    expect(own.failures('AIR-DATA-2', claim({ 'helm.sh/resource-policy': 'keep' }))).toEqual([]);
  });
});

describe('what callers leave behind lies on a claim', () => {
  const volumesOf = (set: Json): Json[] => valueOn(set, 'spec', 'template', 'spec')['volumes'] as Json[];

  it.each([
    ['a folder that ends with the pod', { emptyDir: {} }],
    ['a folder of the node', { hostPath: { path: '/srv' } }],
  ])('is unproven with %s in its place', (_what, source) => {
    const found = own.failures(
      'AIR-DATA-1',
      collector((set) => {
        const spec = valueOn(set, 'spec', 'template', 'spec');
        const mounts = valueOn(spec, 'containers', 0)['volumeMounts'] as Json[];
        const kept = mounts.find(({ mountPath }) => mountPath === '/var/lib/otelcol')!;
        kept['name'] = 'loose';
        ((spec['volumes'] ??= []) as Json[]).push({ name: 'loose', ...source });
      }),
    );
    expect(found).toEqual(['UNPROVEN [encryption] StatefulSet airlock-telemetry/trace-collector']);
  });

  it('is unproven with a driver that mounts whatever it likes, and with a claim for the pod alone', () => {
    const put = (source: Json) =>
      own.failures(
        'AIR-DATA-1',
        collector((set) => volumesOf(set).push({ name: 'more', ...source })),
      );
    const failing = ['UNPROVEN [encryption] StatefulSet airlock-telemetry/trace-collector'];
    expect(put({ csi: { driver: 'nfs.csi.k8s.io' } })).toEqual(failing);
    expect(put({ ephemeral: { volumeClaimTemplate: { spec: { storageClassName: 'other' } } } })).toEqual(failing);
    expect(put({ csi: { driver: 'secrets-store.csi.k8s.io' } })).toEqual([]);
    expect(put({ ephemeral: { volumeClaimTemplate: { spec: { storageClassName: 'local-path' } } } })).toEqual([]);
  });
});
