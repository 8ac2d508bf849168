import type { PlainObject } from '../../../audit/kubernetes/plain';
import { driftOf } from '../../../cluster/drift/drift';

const planned: PlainObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'deny-all', namespace: 'airlock-serving', labels: { 'app.kubernetes.io/managed-by': 'airlock' } },
  spec: { podSelector: {}, policyTypes: ['Egress', 'Ingress'] },
};

const live = (change: object, metadata: object = {}): PlainObject => ({
  ...planned,
  metadata: {
    ...planned.metadata,
    uid: '1',
    resourceVersion: '7',
    managedFields: [
      { manager: 'terraform', time: '2026-11-01T00:00:00Z', fieldsV1: { 'f:spec': { 'f:policyTypes': {} } } },
      { manager: 'kubectl-edit', time: '2026-11-02T00:00:00Z', fieldsV1: { 'f:spec': { 'f:egress': {} } } },
    ],
    ...metadata,
  },
  spec: { ...(planned['spec'] as object), ...change },
});

describe('drift of an object', () => {
  it('is nothing where only the server and Helm wrote', () => {
    const labels = { 'app.kubernetes.io/managed-by': 'Helm', 'example.org/note': 'by somebody' };
    expect(driftOf(planned, planned, live({}, { labels })).fields).toEqual([]);
  });

  it('names what somebody added, who it was, and takes it away again', () => {
    expect(driftOf(planned, planned, live({ egress: [{}] }))).toMatchObject({
      subject: 'NetworkPolicy airlock-serving/deny-all',
      fields: [{ path: 'spec.egress', live: [{}], by: 'kubectl-edit' }],
      patch: [{ op: 'remove', path: '/spec/egress' }],
    });
  });

  it('puts back what was changed, and what was removed', () => {
    const bare = { ...live({}), spec: undefined };
    expect(driftOf(planned, planned, live({ policyTypes: ['Ingress'] })).patch).toEqual([
      { op: 'replace', path: '/spec/policyTypes', value: ['Egress', 'Ingress'] },
    ]);
    expect(driftOf(planned, planned, bare).patch).toEqual([{ op: 'add', path: '/spec', value: planned['spec'] }]);
  });

  it('removes from the end of a list, so that no pointer moves', () => {
    const withLists = (items: readonly string[]): PlainObject => ({
      ...planned,
      spec: { list: items.map((name) => ({ name })) },
    });
    expect(driftOf(withLists(['a']), withLists(['a']), withLists(['b', 'a', 'c'])).patch).toEqual([
      { op: 'remove', path: '/spec/list/2' },
      { op: 'remove', path: '/spec/list/0' },
    ]);
  });

  it('is a planned label that is gone, not a label that somebody added', () => {
    expect(driftOf(planned, planned, live({}, { labels: { other: '1' } })).fields).toEqual([
      { path: 'metadata.labels["app.kubernetes.io/managed-by"]', planned: 'airlock' },
    ]);
  });
});
