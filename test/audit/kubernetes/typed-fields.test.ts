import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { jsonNode, type ObjectNode } from '../../../audit/plan/node';
import { plainValue } from '../../../audit/kubernetes/plain';
import { kubernetesForm, LIST_BLOCKS } from '../../../audit/kubernetes/typed-fields';
import { PATCH_RESOURCES, TYPED_RESOURCES } from '../../../audit/kubernetes/typed-resources';

const BINDINGS = path.dirname(require.resolve('@cdktf/provider-kubernetes/package.json'));

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const converted = (body: object): unknown => plainValue(kubernetesForm(jsonNode(body, { pointer: '' }) as ObjectNode));

describe('from the provider’s blocks to Kubernetes fields', () => {
  it('knows every resource type of the pinned provider, or leaves it unread', () => {
    const types = readdirSync(path.join(BINDINGS, 'lib'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('data-') && entry.name !== 'provider')
      .map(({ name }) => `kubernetes_${name.replaceAll('-', '_')}`);
    const unread = types.filter(
      (type) => !TYPED_RESOURCES.has(type) && !PATCH_RESOURCES.has(type) && type !== 'kubernetes_manifest',
    );
    // Unread types are UNPROVEN. These rewrite or reach into what others make, or left Kubernetes long ago.
    expect(unread.sort()).toEqual([
      'kubernetes_api_service',
      'kubernetes_api_service_v1',
      'kubernetes_mutating_webhook_configuration',
      'kubernetes_mutating_webhook_configuration_v1',
      'kubernetes_pod_security_policy',
      'kubernetes_pod_security_policy_v1beta1',
      'kubernetes_token_request_v1',
    ]);
  });

  it('knows every repeated block of pods and policies in the pinned provider', () => {
    // Repeated in the bindings, but single in the API: `max_items` is not part of the bindings.
    const single = new Set([
      ...['config_map', 'grpc', 'label_selector', 'namespace_selector', 'post_start', 'pre_stop', 'projected'],
      ...['secret', 'tcp_socket', 'persistent_volume_claim_retention_policy', 'rolling_update', 'update_strategy'],
    ]);
    // Lists that keep their name.
    const same = new Set([
      'preferred_during_scheduling_ignored_during_execution',
      'required_during_scheduling_ignored_during_execution',
    ]);
    const repeated = new Set<string>();
    for (const kind of ['pod-v1', 'stateful-set-v1', 'cron-job-v1', 'network-policy-v1', 'service-v1']) {
      const files = readdirSync(path.join(BINDINGS, 'lib', kind), { recursive: true, withFileTypes: true });
      for (const file of files.filter(({ name }) => name.endsWith('.d.ts'))) {
        const text = readFileSync(path.join(file.parentPath, file.name), 'utf8');
        for (const [, name] of text.matchAll(/readonly (\w+)\??: \w+\[\] \| cdktf\.IResolvable;/g)) {
          repeated.add(snakeCase(name ?? ''));
        }
      }
    }
    expect(repeated.size).toBeGreaterThan(20);
    expect([...repeated].filter((name) => !(name in LIST_BLOCKS) && !single.has(name) && !same.has(name))).toEqual([]);
  });

  it('turns singular blocks into lists, and lists of one into objects', () => {
    expect(
      converted({
        spec: [
          {
            host_ipc: true,
            container: { name: 'a', port: { container_port: 80, host_ip: '1.2.3.4' }, args: [] },
            volume: [
              { name: 'v', empty_dir: [{}] },
              { name: 'w', config_map: { name: 'c', items: [] } },
            ],
            node_selector: { some_label: 'x' },
            security_context: [{}],
          },
        ],
      }),
    ).toEqual({
      spec: {
        hostIPC: true,
        containers: [{ name: 'a', ports: [{ containerPort: 80, hostIP: '1.2.3.4' }] }],
        volumes: [
          { name: 'v', emptyDir: {} },
          { name: 'w', configMap: { name: 'c', items: [] } },
        ],
        nodeSelector: { some_label: 'x' },
        securityContext: {},
      },
    });
  });

  it('keeps a port that is a number, and labels as they are', () => {
    expect(
      converted({
        metadata: { labels: { snake_case: 'x' } },
        spec: { selector: { snake_case: 'x' }, port: { port: 80, target_port: 'http' } },
      }),
    ).toEqual({
      metadata: { labels: { snake_case: 'x' } },
      spec: { selector: { snake_case: 'x' }, ports: [{ port: 80, targetPort: 'http' }] },
    });
  });

  it('keeps the three forms of "no rules" apart from "every rule"', () => {
    expect(converted({ spec: { egress: [] } })).toEqual({ spec: { egress: [] } });
    expect(converted({ spec: { egress: {} } })).toEqual({ spec: { egress: [{}] } });
    expect(converted({ spec: { egress: [{}] } })).toEqual({ spec: { egress: [{}] } });
    expect(converted({ spec: { egress: null } })).toEqual({ spec: {} });
  });

  it('fills security contexts as the provider does, once they hold anything', () => {
    const spec = (context: object): object => ({
      spec: { security_context: context, container: [{ security_context: context }] },
    });
    expect(converted(spec({ run_as_user: '1000' }))).toEqual({
      spec: {
        securityContext: { runAsUser: '1000', runAsNonRoot: false },
        containers: [
          {
            securityContext: {
              runAsUser: '1000',
              runAsNonRoot: false,
              allowPrivilegeEscalation: true,
              privileged: false,
            },
          },
        ],
      },
    });
    expect(converted(spec({}))).toEqual({ spec: { securityContext: {}, containers: [{ securityContext: {} }] } });
  });
});
