import path from 'node:path';
import { readPlans, ROOT } from '../../../tools/examples';
import { addressFaults } from '../../../tools/upgrade/addresses';
import { destroyed } from '../../../tools/upgrade/destroyed';

type Mutable = { [key: string]: unknown };
interface Draft {
  resource: Record<string, Record<string, Mutable>>;
  moved?: { from: string; to: string }[];
  terraform: { backend: { local: { path: string } } };
}
type Drafts = Record<'platform' | 'mirror' | 'serving', Draft>;

const before = readPlans(path.join(ROOT, 'test', 'upgrade', 'fixture'));

/** The committed synthesis of the fixture with one change: what an upgrade to it destroys. */
function faultsOf(change: (stacks: Drafts) => void): string[] {
  const drafts = structuredClone(Object.fromEntries(before)) as unknown as Drafts;
  change(drafts);
  return destroyed(before, new Map(Object.entries(drafts)));
}

function rename({ resource }: Draft, type: string, from: string, to: string): void {
  const kind = resource[type]!;
  kind[to] = kind[from]!;
  Reflect.deleteProperty(kind, from);
}

/** Changes the objects of a release the way a new kit would: decoded, changed, encoded. */
function changeObjects(release: Mutable, change: (objects: Mutable[]) => Mutable[]): void {
  const [text] = release['values'] as [string];
  const { objects } = JSON.parse(text.replaceAll('$${', '${')) as { objects: Mutable[] };
  release['values'] = [JSON.stringify({ objects: change(objects) }, null, 2).replaceAll('${', '$${')];
}

const ofKind = (objects: Mutable[], kind: string): Mutable => objects.find((object) => object['kind'] === kind)!;
const chat = ({ serving }: Drafts): Mutable => serving.resource['helm_release']!['serving-chat_release']!;
const volume = ({ mirror }: Drafts): Mutable =>
  mirror.resource['kubernetes_persistent_volume_claim_v1']!['weight-mirror_volume']!;

describe('an upgrade', () => {
  it('destroys nothing when nothing changes, or when it only adds and updates', () => {
    expect(faultsOf(() => undefined)).toEqual([]);
    const faults = faultsOf((stacks) => {
      stacks.platform.resource['kubernetes_runtime_class_v1']!['another'] = { metadata: { name: 'another' } };
      (volume(stacks)['spec'] as Mutable)['resources'] = { requests: { storage: '2Ti' } };
      chat(stacks)['chart'] = './assets/envelope-chart/0123';
      changeObjects(chat(stacks), (objects) => [
        ...objects,
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new', namespace: 'airlock-serving' } },
      ]);
      changeObjects(chat(stacks), (objects) => {
        (ofKind(objects, 'Deployment')['spec'] as Mutable)['replicas'] = 5;
        return objects;
      });
    });
    expect(faults).toEqual([]);
  });

  it('follows a construct that says where it came from', () => {
    const [from, to] = ['weight-mirror_release', 'mirror_release'];
    const renamed = ({ mirror }: Drafts): void => rename(mirror, 'helm_release', from, to);
    expect(faultsOf(renamed)).toEqual([
      `mirror: Terraform destroys helm_release.${from}, which is no longer in the plan`,
    ]);
    expect(
      faultsOf((stacks) => {
        renamed(stacks);
        stacks.mirror.moved = [{ from: `helm_release.${from}`, to: `helm_release.${to}` }];
      }),
    ).toEqual([]);
  });

  const claim = 'mirror: kubernetes_persistent_volume_claim_v1.weight-mirror_volume:';
  const release = 'serving: helm_release.serving-chat_release:';

  it.each<[string, (stacks: Drafts) => void, string | RegExp]>([
    ['a stack is gone', (stacks) => Reflect.deleteProperty(stacks, 'mirror'), /^mirror: the stack is gone/],
    [
      'the state lies elsewhere',
      ({ mirror }) => void (mirror.terraform.backend.local.path = '/srv/state'),
      /^mirror: the state moves.* → \{"local":\{"path":"\/srv\/state"\}\}$/,
    ],
    [
      'a policy is gone',
      ({ mirror }) =>
        Reflect.deleteProperty(mirror.resource['kubernetes_network_policy_v1']!, 'namespace_lockdown_deny-all'),
      /^mirror: Terraform destroys kubernetes_network_policy_v1\.namespace_lockdown_deny-all/,
    ],
    [
      'a namespace has another name',
      ({ serving }) =>
        void (serving.resource['kubernetes_namespace_v1']!['namespace']!['metadata'] = { name: 'serving' }),
      'serving: kubernetes_namespace_v1.namespace: Terraform replaces it, metadata.name: "airlock-serving" → "serving"',
    ],
    [
      'a claim shrinks',
      (stacks) => void ((volume(stacks)['spec'] as Mutable)['resources'] = { requests: { storage: '900Mi' } }),
      /Terraform replaces it, spec\.resources\.requests\.storage: "\d+Gi" → "900Mi"$/,
    ],
    [
      'a claim asks for another storage class',
      (stacks) => void ((volume(stacks)['spec'] as Mutable)['storage_class_name'] = 'slow'),
      `${claim} Terraform replaces it, spec.storage_class_name: "fast" → "slow"`,
    ],
    [
      'a claim is no longer guarded',
      (stacks) => Reflect.deleteProperty(volume(stacks), 'lifecycle'),
      `${claim} it is no longer guarded, lifecycle.prevent_destroy: true → absent`,
    ],
    [
      'a runtime class has another handler',
      ({ platform }) =>
        void (platform.resource['kubernetes_runtime_class_v1']!['pool-h100_runtime']!['handler'] = 'runc'),
      /Terraform replaces it, handler: "nvidia" → "runc"$/,
    ],
    [
      'a release moves to another namespace',
      (stacks) => void (chat(stacks)['namespace'] = 'elsewhere'),
      `${release} Terraform replaces it, namespace: "airlock-serving" → "elsewhere"`,
    ],
    [
      'an object of a release is gone',
      (stacks) =>
        changeObjects(chat(stacks), (objects) => objects.filter((object) => object['kind'] !== 'PodDisruptionBudget')),
      `${release} Helm deletes PodDisruptionBudget.policy airlock-serving/chat, which the release no longer holds`,
    ],
    [
      'a Deployment selects other pods',
      (stacks) =>
        changeObjects(chat(stacks), (objects) => {
          (ofKind(objects, 'Deployment')['spec'] as Mutable)['selector'] = { matchLabels: { app: 'chat' } };
          return objects;
        }),
      /the API server refuses the change of Deployment\.apps airlock-serving\/chat, spec\.selector: .* → \{"matchLabels":\{"app":"chat"\}\}$/,
    ],
    [
      'a release can no longer be read',
      (stacks) => void (chat(stacks)['values'] = ['objects: []']),
      `${release} its objects are no longer readable, so Helm may delete any of them`,
    ],
  ])('is refused when %s', (_case, change, fault) => {
    const faults = faultsOf(change);
    expect(faults).toHaveLength(1);
    if (typeof fault === 'string') expect(faults[0]).toBe(fault);
    else expect(faults[0]).toMatch(fault);
  });

  it('is not judged by kinds whose immutable fields nobody wrote down', () => {
    const plans = new Map([['s', { resource: { kubernetes_secret_v1: { a: {} } } }]]);
    expect(destroyed(plans, plans)).toEqual([expect.stringMatching(/no entry for kubernetes_secret_v1/)]);
  });
});

describe('frozen addresses', () => {
  it('say what a renamed id destroys, and how to rename on purpose', () => {
    const faults = addressFaults('edge', ['mirror a.one', 'mirror a.two'], ['mirror a.one', 'mirror a.three']);
    expect(faults.slice(0, 2)).toEqual(['edge: gone: mirror a.two', 'edge: new: mirror a.three']);
    expect(faults[2]).toMatch(/destroys the object.*moveFromId.*`moved` block.*npm run addresses -- --write/s);
  });

  it('only ask to be written when nothing is gone', () => {
    expect(addressFaults('edge', ['a'], ['a', 'b'])).toEqual([
      'edge: new: b',
      'Nothing is gone: `npm run addresses -- --write` freezes them.',
    ]);
  });
});
