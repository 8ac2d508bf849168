import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import { audit } from '../../audit/audit';
import { findingText, shownFindings } from '../../audit/report/text';
import { digestOf, hexOf } from '../../core/digest';
import { OCI_CONFIG, OCI_MANIFEST } from '../../core/media-types';
import { serializeLock } from '../../site/lock/lock-file';
import { blueprintOf } from '../../blueprint/blueprint';
import { airlockApp, synthesize } from '../../stacks/app';
import { lockFor, site as smallSite } from '../site/fixtures';
import { inputs, type Inputs, objectsOf, podOf, synth, withFolder } from './synthesized';

const DIGEST = inputs().lock.derived.models.find(({ name }) => name === 'gpt-oss-20b')!.manifest.digest;
const CA = inputs().enclave.registryCa!;
const CLAIM = { name: 'models', owner: 'storage@nordlicht.example', reason: 'the export is read-only' };

/** The fixture with pool h100 getting its weights another way. */
function way(weights: 'image' | 'cache' | 'claim', fill = false): Inputs {
  const given = inputs();
  given.site.cluster.kubernetesVersion = '1.35';
  given.site.pools[0]!.weights = weights;
  given.enclave.pools['h100']!.containerd = '2.2';
  if (weights === 'claim') given.enclave.weights = { claim: { ...CLAIM, fill } };
  for (const model of given.lock.derived.models) {
    const content = (mediaType: string) => ({ mediaType, digest: digestOf(model.name + mediaType), size: 1 });
    model.image = {
      repository: `model-images/${model.name}`,
      manifests: [{ platform: 'linux/amd64', ...content(OCI_MANIFEST), config: content(OCI_CONFIG), layers: [] }],
    };
  }
  return given;
}

/** Findings of an audit, as a person reads them. */
async function audited(given: Inputs): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'airlock-weights-'));
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(path.join(folder, name), text);
    return path.join(folder, name);
  };
  try {
    synthesize({ blueprint: blueprintOf(given), outdir: path.join(folder, 'out') });
    const report = await audit({
      plan: path.join(folder, 'out'),
      site: await file('site.yaml', JSON.stringify(given.site)),
      enclave: await file('enclave.yaml', JSON.stringify(given.enclave)),
      lock: await file('airlock.lock.json', serializeLock(given.lock)),
      today: '2026-11-23',
    });
    return shownFindings(report, false).map(findingText);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const claimOf = (given: Inputs) => podOf(synth(given).stack('serving'), 'serving-chat_release');

describe('weights of a pool', () => {
  it('come as an image volume, held against the manifest', () => {
    const pod = claimOf(way('image'));
    const reference = `registry.nordlicht.internal:5443/model-images/gpt-oss-20b@${digestOf(`gpt-oss-20b${OCI_MANIFEST}`)}`;
    expect(pod.volumes).toContainEqual({ name: 'weights', image: { reference, pullPolicy: 'IfNotPresent' } });
    const mount = { name: 'weights', mountPath: '/models/gpt-oss-20b', subPath: 'models/gpt-oss-20b', readOnly: true };
    expect(pod.containers[0]?.volumeMounts).toContainEqual(mount);
    expect(pod.initContainers?.[0]?.volumeMounts).toContainEqual(mount);
    expect(pod.initContainers?.[0]?.args).toEqual([
      ...['weights', 'verify', '--manifest', '/etc/airlock/manifests/gpt-oss-20b.json'],
      ...['--digest', DIGEST, '--dir', '/models/gpt-oss-20b'],
    ]);
  });

  it('bring the very manifest that the lock derives', () => {
    const objects = objectsOf(synth(way('image')).stack('serving'), 'serving-chat_release');
    const map = objects.find(({ metadata }) => metadata?.name === 'chat-manifests') as unknown as {
      data: Record<string, string>;
    };
    expect(digestOf(map.data['gpt-oss-20b.json']!)).toBe(DIGEST);
  });

  it('stay with the replica, under a name that changes with the content', () => {
    const objects = objectsOf(synth(way('cache')).stack('serving'), 'serving-chat_release');
    const set = objects.find(({ kind }) => (kind as string) === 'StatefulSet') as unknown as StatefulSet;
    expect(set.metadata?.name).toMatch(/^chat-[0-9a-f]{8}$/);
    expect(set.spec?.volumeClaimTemplates?.[0]?.spec).toMatchObject({
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'fast',
    });
    const pod = set.spec?.template.spec;
    expect(pod?.initContainers?.[0]?.args?.slice(-2)).toEqual(['--cache', '/cache']);
    expect(pod?.containers[0]?.volumeMounts).toContainEqual({
      name: 'weights',
      mountPath: '/models/gpt-oss-20b',
      subPath: hexOf(DIGEST),
      readOnly: true,
    });
  });

  it('lie in a shared claim that pods only read', () => {
    const pod = claimOf(way('claim'));
    expect(pod.volumes).toContainEqual({
      name: 'weights',
      persistentVolumeClaim: { claimName: 'models', readOnly: true },
    });
    expect(Object.keys(synth(way('claim')).stack('serving').resource['helm_release'] ?? {})).not.toContain(
      'shared-weights_release',
    );
  });

  it('are filled into the shared claim by a Job where the enclave says so', () => {
    const objects = objectsOf(synth(way('claim', true)).stack('serving'), 'shared-weights_release');
    expect(objects.map(({ kind, metadata }) => [kind, metadata?.name])).toEqual([
      ['Job', `shared-weights-${hexOf(DIGEST).slice(0, 12)}`],
    ]);
  });

  it('are not in the mirror where no pod fetches them', () => {
    const pins = (given: Inputs): string[] =>
      (podOf(synth(given).stack('mirror'), 'weight-mirror_release').containers[0]?.args ?? []).filter((arg) =>
        arg.startsWith('models/'),
      );
    expect(pins(way('cache')).map((pin) => pin.split('@')[0])).toEqual(['models/gpt-oss-20b', 'models/tiny-gguf']);
    expect(pins(way('image')).map((pin) => pin.split('@')[0])).toEqual(['models/tiny-gguf']);
    expect(pins(way('claim', true))).toHaveLength(2);
  });

  it.each<[string, Inputs]>([
    ['image', way('image')],
    ['cache', way('cache')],
    ['claim', way('claim')],
    ['claim, filled by a Job', way('claim', true)],
  ])('are proven by every rule: %s', async (_name, given) => {
    expect(await audited(given)).toEqual([]);
  });

  it.each<[string, (given: Inputs) => unknown, RegExp, RegExp]>([
    [
      'an image volume on Kubernetes 1.34',
      ({ site }) => (site.cluster.kubernetesVersion = '1.34'),
      /pools "h100" has weights: image, but cluster\.kubernetesVersion is 1\.34/,
      /1\.35/,
    ],
    [
      'an image volume with containerd 2.1',
      ({ enclave }) => (enclave.pools['h100']!.containerd = '2.1'),
      /pools\.h100\.containerd in enclave\.yaml is 2\.1/,
      /2\.2/,
    ],
    [
      'an image volume with an unknown containerd',
      ({ enclave }) => delete enclave.pools['h100']!.containerd,
      /pools\.h100\.containerd in enclave\.yaml is absent/,
      /write the version/,
    ],
    [
      'an image that the lock does not have',
      ({ lock }) => lock.derived.models.forEach((model) => delete model.image),
      /model "gpt-oss-20b" as an image/,
      /airlock weights derive/,
    ],
    [
      'a shared claim that the enclave does not name',
      ({ site }) => (site.pools[0]!.weights = 'claim'),
      /the enclave names no weights\.claim/,
      /owner/,
    ],
  ])('refuses %s', (_name, change, message, fix) => {
    const given = way('image');
    change(given);
    withFolder((outdir) => {
      expect(() => airlockApp({ blueprint: blueprintOf(given), outdir })).toThrow(
        expect.objectContaining({
          kind: 'input',
          message: expect.stringMatching(message) as string,
          fix: expect.stringMatching(fix) as string,
        }) as Error,
      );
    });
  });
});

describe('the source of weights', () => {
  const bastion = (given: Inputs): Inputs => {
    given.enclave.weights = { ...given.enclave.weights, source: 'bastion.nordlicht.internal:8443', sourceCa: CA };
    given.enclave.network.destinations.push({
      ...{ name: 'weights', cidr: '10.20.5.30/32', port: 8443 },
      ...{ owner: 'platform@nordlicht.example', reason: 'models' },
    });
    return given;
  };
  const direct = (given: Inputs): Inputs => {
    given.enclave.weights = { ...given.enclave.weights, mirror: false };
    return given;
  };

  it('may be the mirror of another host, with a destination and CA of its own', () => {
    const stack = synth(bastion(inputs())).stack('mirror');
    const pod = podOf(stack, 'weight-mirror_release');
    expect(pod.containers[0]?.args).toEqual(
      expect.arrayContaining(['https://bastion.nordlicht.internal:8443', '--ca']),
    );
    expect(pod.hostAliases).toEqual([{ ip: '10.20.5.30', hostnames: ['bastion.nordlicht.internal'] }]);
    expect(Object.keys(stack.resource['kubernetes_network_policy_v1'] ?? {})).toEqual(
      expect.arrayContaining([expect.stringMatching(/allow-to-weights$/)]),
    );
  });

  it('may serve pods itself: then there is no mirror, and only that one flow', () => {
    const { files, stack } = synth(direct(inputs()));
    expect([...files.keys()].some((name) => name.startsWith('stacks/mirror/'))).toBe(false);
    const serving = stack('serving');
    expect(Object.keys(serving.resource['kubernetes_network_policy_v1'] ?? {}).sort()).toEqual([
      'namespace_lockdown_allow-to-registry',
      'namespace_lockdown_deny-all',
    ]);
    const pod = podOf(serving, 'serving-chat_release');
    expect(pod.hostAliases).toEqual([{ ip: '10.20.5.20', hostnames: ['registry.nordlicht.internal'] }]);
    expect(pod.initContainers?.[0]?.args).toEqual(
      expect.arrayContaining(['https://registry.nordlicht.internal:5443', '--ca', '/etc/airlock/ca/source-ca.pem']),
    );
  });

  it.each<[string, Inputs]>([
    ['another host', bastion(inputs())],
    ['no mirror', direct(inputs())],
    ['no mirror, straight from another host', direct(bastion(inputs()))],
  ])('is proven by every rule: %s', async (_name, given) => {
    expect(await audited(given)).toEqual([]);
  });

  it('needs a destination', () => {
    const given = inputs();
    given.enclave.weights = { source: 'bastion.nordlicht.internal:8443' };
    withFolder((outdir) => {
      expect(() => airlockApp({ blueprint: blueprintOf(given), outdir })).toThrow(/declares no destination "weights"/);
    });
  });
});

it('nodes that read faster get less time to start', () => {
  const seconds = (readMBps?: number): number => {
    const given = inputs();
    if (readMBps !== undefined) given.enclave.storage = { ...given.enclave.storage, readMBps };
    const probe = podOf(synth(given).stack('serving'), 'serving-chat_release').containers[0]?.startupProbe;
    return (probe?.failureThreshold ?? 0) * (probe?.periodSeconds ?? 0);
  };
  expect(seconds()).toBe(seconds(150));
  expect(seconds(5000)).toBeLessThan(seconds());
});

describe('the Ollama store of a serving', () => {
  const ollama = (): Inputs => {
    const site = smallSite();
    site.servings = [
      {
        name: 'small',
        servedName: 'tiny-chat',
        model: 'tiny',
        engine: { name: 'ollama', version: '0.32.15' },
        pool: 'edge',
        maxModelLen: 4096,
      },
    ];
    const { enclave } = inputs();
    return { site, enclave, lock: lockFor(site) };
  };

  it('takes the place of the model’s files, and the mirror has both', () => {
    const given = ollama();
    const { digest } = given.lock.derived.stores![0]!.manifest;
    const { stack } = synth(given);
    const pod = podOf(stack('serving'), 'serving-small_release');
    expect(pod.initContainers?.[0]?.args).toEqual(
      expect.arrayContaining(['--ollama', `small@${digest}`, '--into', '/models/tiny']),
    );
    expect(pod.containers[0]?.env).toContainEqual({ name: 'OLLAMA_MODELS', value: '/models/tiny' });
    const args = podOf(stack('mirror'), 'weight-mirror_release').containers[0]?.args;
    expect(args).toEqual(expect.arrayContaining([`ollama/small@${digest}`]));
  });

  it.each(['fetch', 'cache', 'claim', 'filled claim'] as const)('is proven by every rule: %s', async (name) => {
    const weights = name === 'filled claim' ? 'claim' : name;
    const given = ollama();
    given.site.pools.find(({ name }) => name === 'edge')!.weights = weights;
    if (weights === 'claim') given.enclave.weights = { claim: { ...CLAIM, fill: name === 'filled claim' } };
    expect(await audited(given)).toEqual([]);
  });

  it('is no image volume', () => {
    const given = ollama();
    given.site.cluster.kubernetesVersion = '1.35';
    given.site.pools.find(({ name }) => name === 'edge')!.weights = 'image';
    given.enclave.pools['edge']!.containerd = '2.2';
    withFolder((outdir) => {
      expect(() => airlockApp({ blueprint: blueprintOf(given), outdir })).toThrow(/Ollama cannot load an image volume/);
    });
  });
});
