import { FIELDS } from '../../../audit/fields/kinds';
import { unreadFields } from '../../../audit/fields/unread-fields';
import { jsonNode } from '../../../audit/plan/node';
import { apiLeaves } from './api-types';
import { objectWith, placeOf } from './object-with';

/** Kinds of Kubernetes itself, by the file of their types. */
const KINDS: readonly (readonly [kind: string, file: string])[] = [...FIELDS.keys()].flatMap((kind) => {
  const [group = ''] = kind.split('/');
  const folder = group === '' ? 'core' : (group.split('.')[0] ?? '').replace('rbac', 'rbac');
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
];

const matches = (entry: string, leaf: string): boolean => {
  if (entry.endsWith('**')) return leaf.startsWith(entry.slice(0, -2));
  return entry === leaf;
};

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
      (entry) => !LATER.some((later) => later.test(entry)) && !leaves.some((leaf) => matches(entry, leaf)),
    );
    expect(missing).toEqual([]);
  });

  it('has no field in the API that is neither in its table nor reported', () => {
    expect(leaves.length).toBeGreaterThan(2);
    const wrong = leaves.filter((leaf) => unread(kind, leaf) === table.some((entry) => matches(entry, leaf)));
    expect(wrong).toEqual([]);
  });
});

it('leaves open, of pods, what somebody must still read: a plan that has one of these is not proven', () => {
  const table = Object.keys(FIELDS.get('/Pod') ?? {});
  const open = apiLeaves('core/v1', 'Pod').filter((leaf) => !table.some((entry) => matches(entry, leaf)));
  const tops = open.map((leaf) => leaf.replace(/^spec\.(?:init|ephemeral)Containers\[\]/, 'spec.containers[]'));
  expect(
    [...new Set(tops.map((leaf) => leaf.split('.').slice(0, 3).join('.').replace(/\[\]$/, '')))].sort(),
  ).toMatchInlineSnapshot();
});
