import { ChartRelease, type ChartReleaseProps } from '../../../constructs/release/chart-release';
import { ConfinedNamespace } from '../../../constructs/confinement/confined-namespace';
import { TestStack } from '../plan';

const SHA256 = 'ab'.repeat(32);

function release(props: Partial<ChartReleaseProps> = {}) {
  const stack = new TestStack();
  const namespace = new ConfinedNamespace(stack, 'ns', { name: 'tools', kubernetesVersion: '1.34' });
  new ChartRelease(stack, 'chart', {
    name: 'tool',
    namespace: namespace.name,
    file: '/srv/charts/tool-1.2.3.tgz',
    sha256: SHA256,
    values: { text: '${not.terraform} %{if}' },
    dependsOn: namespace.ready,
    ...props,
  });
  const { resource, locals } = stack.plan();
  return { release: resource['helm_release']?.['chart'], locals };
}

describe('ChartRelease', () => {
  it('installs the file, after Terraform has held it against the hash of the lock', () => {
    const { release: made, locals } = release();
    expect(locals).toEqual({ chart_sha256: '${filesha256("/srv/charts/tool-1.2.3.tgz")}' });
    expect(made).toMatchObject({
      chart: '/srv/charts/tool-1.2.3.tgz',
      create_namespace: false,
      lifecycle: {
        precondition: [
          {
            condition: `\${local.chart_sha256 == "${SHA256}"}`,
            error_message: expect.stringContaining('airlock charts fetch') as string,
          },
        ],
      },
    });
    expect(made).not.toHaveProperty('repository');
  });

  it('hands values to Helm as they are', () => {
    expect(release().release?.['values']).toEqual(['{\n  "text": "$${not.terraform} %%{if}"\n}\n']);
  });

  it('waits for what confines it', () => {
    expect(release().release?.depends_on).toEqual(
      expect.arrayContaining(['kubernetes_namespace_v1.ns', 'kubernetes_network_policy_v1.ns_lockdown_deny-all']),
    );
  });

  it.each<[string, Partial<ChartReleaseProps>, string]>([
    ['a malformed hash', { sha256: 'sha256:ab' }, '"sha256:ab" is no SHA-256'],
    ['an address', { file: 'https://charts.example/tool.tgz' }, 'is no path of a packaged chart'],
    [
      'a path that Terraform would evaluate',
      { file: '/srv/${path.module}/tool.tgz' },
      'is no path of a packaged chart',
    ],
    ['no dependencies', { dependsOn: [] }, 'release "tool" depends on nothing'],
  ])('refuses %s', (_what, props, message) => {
    expect(() => release(props)).toThrow(message);
  });
});
