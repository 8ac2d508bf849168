import { harmlessPlaces, placeKey } from '../../../audit/fields/harmless-places';
import { Draft, VALUES } from '../plans/draft';

const placesOf = (draft: Draft): ReadonlyMap<string, string> => {
  const { plan, objects } = draft.context();
  return harmlessPlaces(plan.stacks, objects);
};

const at = (draft: Draft, pointer: string, inner?: string): string | undefined =>
  placesOf(draft).get(placeKey(FILE, { pointer, ...(inner === undefined ? {} : { inner }) }));

const FILE = new Draft().context().plan.stacks[0]?.file ?? '';

describe('places on which nothing hangs', () => {
  it('are the missing defaults of variables, as null is', () => {
    const variable = (body: object): Draft => new Draft().put('/variable', { x: body });
    expect(at(variable({ type: 'string' }), '/variable/x/default')).toMatch(/the deployer says it/);
    expect(at(variable({ default: null }), '/variable/x/default')).toMatch(/the deployer says it/);
    expect(at(variable({ type: 'string' }), '/variable/x/type')).toBeDefined();
  });

  it('are all resources of a type where each of them may be absent', () => {
    expect(at(new Draft(), '/resource/kubernetes_deployment_v1')).toMatch(/each of these resources may be absent/);
    expect(at(new Draft(), '/resource/kubernetes_network_policy_v1')).toBeUndefined();
    expect(at(new Draft(), '/resource')).toBeUndefined();
  });

  it('are the files of a ConfigMap that no pod reads', () => {
    const map = (name: string): object => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'airlock-serving' },
      data: { x: 'x' },
    });
    const draft = new Draft().put(`${VALUES}/objects/-`, map('extra'));
    const place = ['/resource/helm_release/chat/values/0', '/objects/2/data/x'] as const;
    expect(at(draft, ...place)).toMatch(/no pod reads it/);
    const volume = { name: 'extra', configMap: { name: 'extra' } };
    expect(at(draft.put(`${VALUES}/objects/0/spec/template/spec/volumes/-`, volume), ...place)).toBeUndefined();
  });
});
