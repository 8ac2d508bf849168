import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1';
import { EnvelopeRelease, type EnvelopeReleaseProps } from '../../../constructs/release/envelope-release';
import { TestStack } from '../plan';

const OBJECT = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'here' } };

function release(props: Partial<EnvelopeReleaseProps>, again: readonly string[] = []) {
  const stack = new TestStack();
  const before = new ConfigMapV1(stack, 'before', { metadata: { name: 'before' } });
  for (const id of ['release', ...again]) {
    new EnvelopeRelease(stack, id, {
      name: id,
      namespace: 'here',
      objects: [OBJECT],
      dependsOn: [before],
      ...props,
    });
  }
  return stack.plan().resource['helm_release'] ?? {};
}

describe('EnvelopeRelease', () => {
  it('neither makes its namespace nor waits for pods, and comes after what it depends on', () => {
    expect(release({})['release']).toMatchObject({
      name: 'release',
      namespace: 'here',
      create_namespace: false,
      wait: false,
      depends_on: ['kubernetes_config_map_v1.before'],
    });
  });

  it('doubles what Terraform would evaluate, and leaves everything else', () => {
    const data = { a: '${FOO} %{if} $${x} {{ .Values }} $1 100%' };
    const values = release({ objects: [{ ...OBJECT, ...{ data } }] })['release']?.['values'] as string[];
    expect(values[0]).toContain('"a": "$${FOO} %%{if} $$${x} {{ .Values }} $1 100%"');
  });

  it('shares one copy of the chart among the releases of a stack', () => {
    const made = release({}, ['second']);
    expect(made['second']?.['chart']).toBe(made['release']?.['chart']);
  });

  it.each<[string, Partial<EnvelopeReleaseProps>, RegExp]>([
    ['no dependencies', { dependsOn: [] }, /^release "release" depends on nothing$/],
    ['an object of another namespace', { namespace: 'there' }, /^release "release" of there has ConfigMap in here$/],
    ['a name that Helm rejects', { name: 'Release' }, /^EnvelopeRelease: name: "Release" is no release name$/],
    ['a name of 54 characters', { name: 'a'.repeat(54) }, /is no release name$/],
  ])('refuses %s', (_case, props, message) => {
    expect(() => release(props)).toThrow(message);
  });
});
