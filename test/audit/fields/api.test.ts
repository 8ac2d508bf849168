import { FIELDS } from '../../../audit/fields/kinds';
import { unreadFields } from '../../../audit/fields/unread-fields';
import { jsonNode } from '../../../audit/plan/node';
import { apiLeaves } from './api-types';
import { objectWith, placeOf } from './object-with';

/** Kinds of Kubernetes itself, by the file of their types. */
const KINDS: readonly (readonly [kind: string, file: string])[] = [...FIELDS.keys()].flatMap((kind) => {
  const [group = ''] = kind.split('/');
  const folder = group === '' ? 'core' : (group.split('.')[0] ?? '');
  const own = group === '' || !group.includes('.') || group.endsWith('.k8s.io');
  const known = own && !/^(?:leaderworkerset|policy\.networking)/.test(group);
  return known ? [[kind, `${folder}/v1`] as const] : [];
});

/** Fields that came after the types of the package (Kubernetes 1.31 to 1.34). */
const LATER = [
  /\.image\.(?:reference|pullPolicy)$/,
  /\.podCertificate\.\*\*$/,
  /\.clusterTrustBundle\.\*\*$/,
  /^metadata\./,
  // RuleWithOperations, which the types of the package leave out of what is made of it.
  /[rR]esourceRules\[\]\.(?:resources\[\]|scope)$/,
];

const matches = (entry: string, leaf: string): boolean => {
  if (entry.endsWith('.**'))
    return /^(?:$|\.|\[\])/.test(leaf.slice(leaf.startsWith(entry.slice(0, -3)) ? entry.length - 3 : 0));
  return entry === leaf;
};

/** An entry may name a key of a map: the API takes any. */
const isKeyOf = (entry: string, leaf: string): boolean =>
  leaf.endsWith('.*') && entry.startsWith(leaf.slice(0, -1)) && !entry.slice(leaf.length - 1).includes('.');

/** Workloads share a table: what one of them has and another lacks, the API server refuses there. */
const DEPLOYMENT = apiLeaves('apps/v1', 'Deployment');
const isShared = (kind: string, entry: string): boolean =>
  /^(?:apps\/|\/ReplicationController$)/.test(kind) && DEPLOYMENT.includes(entry);

const unread = (kind: string, leaf: string): boolean =>
  unreadFields(jsonNode(objectWith(leaf, 'x'), { pointer: '' }), FIELDS.get(kind) ?? {}).some(({ path, wanted }) =>
    // With another value it is read: then the finding says which are known.
    wanted === undefined ? placeOf(leaf).startsWith(path) : false,
  );

describe.each(KINDS)('%s', (kind, file) => {
  const table = Object.keys(FIELDS.get(kind) ?? {});
  const leaves = apiLeaves(file, kind.split('/')[1] ?? '');

  it('has in its table only fields that the API has', () => {
    const missing = table.filter(
      (entry) =>
        !LATER.some((later) => later.test(entry)) &&
        !isShared(kind, entry) &&
        !leaves.some((leaf) => matches(entry, leaf) || isKeyOf(entry, leaf)),
    );
    expect(missing).toEqual([]);
  });

  it('has no field in the API that is neither in its table nor reported', () => {
    expect(leaves.length).toBeGreaterThan(2);
    const wrong = leaves.filter((leaf) => unread(kind, leaf) === table.some((entry) => matches(entry, leaf)));
    expect(wrong).toEqual([]);
  });
});

/** Fields of a type that no entry of a table speaks of, not even of a part of them. */
function open(kind: string, file: string, below: string): string[] {
  const names = (paths: readonly string[]): string[] =>
    paths.flatMap((path) => (path.startsWith(below) ? (path.slice(below.length).split(/[.[]/)[0] ?? '') : []));
  const known = names(Object.keys(FIELDS.get(`/${kind}`) ?? {}));
  return [...new Set(names(apiLeaves(file, kind)))].filter((name) => !known.includes(name)).sort();
}

describe('of pods nobody has read, so that a plan that has them is not proven', () => {
  it('these fields', () => {
    expect(open('Pod', 'core/v1', 'spec.')).toEqual([
      'dnsConfig',
      'hostUsers',
      'nodeName',
      'overhead',
      'preemptionPolicy',
      'priority',
      'readinessGates',
      'resourceClaims',
      'schedulerName',
      'schedulingGates',
      'serviceAccount',
      'setHostnameAsFQDN',
      'shareProcessNamespace',
    ]);
  });

  it('these fields of containers', () => {
    expect(open('Pod', 'core/v1', 'spec.containers[].')).toEqual([
      'envFrom',
      'resizePolicy',
      'stdin',
      'stdinOnce',
      'terminationMessagePath',
      'terminationMessagePolicy',
      'tty',
      'volumeDevices',
      'workingDir',
    ]);
  });

  it('these volumes', () => {
    const found = open('Pod', 'core/v1', 'spec.volumes[].').join(' ');
    expect(found).toBe(
      'awsElasticBlockStore azureDisk azureFile cephfs cinder ephemeral fc flexVolume flocker gcePersistentDisk ' +
        'gitRepo glusterfs iscsi nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume',
    );
  });
});
