import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Service } from 'kubernetes-types/core/v1';
import { DISTRIBUTIONS } from '../../../catalog/distributions';
import { redactionPatterns } from '../../../catalog/redaction';
import { ConfinedNamespace } from '../../../constructs/confinement/confined-namespace';
import { TraceCollector, type TraceCollectorProps } from '../../../constructs/traces/trace-collector';
import { digestOf } from '../../../core/digest';
import { traceCollectorHost } from '../../../telemetry/traces/flows';
import { objectsOf } from '../../stacks/synthesized';
import { TestStack } from '../plan';

const GATEWAY = { namespace: 'airlock-gateway', labels: { app: 'gateway' } };
const ENDPOINT = {
  url: 'https://otlp.site.internal:4318',
  destination: { name: 'otlp', cidr: '10.0.0.9/32', port: 4318, owner: 'o', reason: 'r' },
  ca: '-----BEGIN CERTIFICATE-----',
  header: { name: 'x-tenant-key' },
};

function collector(props: Partial<TraceCollectorProps> = {}) {
  const stack = new TestStack();
  const namespace = new ConfinedNamespace(stack, 'ns', { name: 'airlock-telemetry', kubernetesVersion: '1.34' });
  new TraceCollector(stack, 'collector', {
    namespace,
    image: `registry.site.internal/otel/opentelemetry-collector-contrib@${digestOf('otel')}`,
    platforms: ['linux/amd64'],
    patterns: redactionPatterns(['contact', 'fr']),
    senders: [GATEWAY],
    key: { secret: 'trace-store', key: 'collector-key' },
    dns: DISTRIBUTIONS.rke2.dns,
    ...props,
  });
  const plan = stack.plan();
  const objects = objectsOf(plan, 'collector_release');
  const find = (wanted: string): unknown => objects.find(({ kind }) => (kind as string) === wanted);
  const set = find('StatefulSet') as StatefulSet;
  const pod = set.spec?.template.spec;
  const config = JSON.parse((find('ConfigMap') as ConfigMap).data?.['config.json'] ?? '') as {
    readonly exporters: { readonly otlphttp: Readonly<Record<string, unknown>> };
  };
  return {
    ...{ objects, set, pod, config, service: find('Service') as Service },
    container: pod!.containers[0]!,
    policies: Object.keys(plan.resource['kubernetes_network_policy_v1'] ?? {}),
  };
}

describe('TraceCollector', () => {
  it('takes OTLP from the senders alone, and reaches the store and DNS', () => {
    expect(collector().policies).toEqual([
      'ns_lockdown_deny-all',
      'ns_lockdown_allow-traces-ingress',
      'ns_lockdown_allow-trace-store-egress',
      'ns_lockdown_allow-trace-store-ingress',
      'ns_lockdown_allow-dns-trace-collector',
    ]);
  });

  it('offers both forms of OTLP at the address that senders get', () => {
    expect(collector().service.spec?.ports?.map(({ port }) => port)).toEqual([4317, 4318]);
    expect(traceCollectorHost('airlock-telemetry')).toBe('trace-collector.airlock-telemetry.svc');
  });

  it('sends to the kit’s store with the key of a Secret', () => {
    const { config, container } = collector({ project: 'claims' });
    expect(config.exporters.otlphttp).toMatchObject({
      endpoint: 'http://trace-store.airlock-telemetry.svc:6006',
      headers: { authorization: 'Bearer ${env:AIRLOCK_TRACES_KEY}', 'x-project-name': 'claims' },
    });
    expect(container.env?.[0]).toEqual({
      name: 'AIRLOCK_TRACES_KEY',
      valueFrom: { secretKeyRef: { name: 'trace-store', key: 'collector-key' } },
    });
  });

  it('sends to an endpoint of the site instead, trusting its authority', () => {
    const { config, policies, container, objects } = collector({ endpoint: ENDPOINT });
    expect(config.exporters.otlphttp).toMatchObject({
      endpoint: ENDPOINT.url,
      tls: { ca_file: '/etc/airlock/ca/ca.pem' },
      headers: { 'x-tenant-key': '${env:AIRLOCK_TRACES_KEY}' },
    });
    expect(policies).toContain('ns_lockdown_allow-to-otlp');
    expect(policies).not.toContain('ns_lockdown_allow-trace-store-egress');
    expect(container.volumeMounts?.map(({ mountPath }) => mountPath)).toContain('/etc/airlock/ca');
    expect(objects.filter(({ kind }) => (kind as string) === 'ConfigMap')).toHaveLength(2);
  });

  it('asks for no key where the endpoint wants none', () => {
    const { url, destination } = ENDPOINT;
    const { container, config } = collector({ endpoint: { url, destination } });
    expect(container.env?.map(({ name }) => name)).toEqual(['GOMEMLIMIT']);
    expect(config.exporters.otlphttp['headers']).toEqual({});
  });

  it('has a claim for twice the queue and compaction, which stays when the release goes', () => {
    const { set } = collector({ queueBytes: 4 * 1024 ** 3, storageClassName: 'fast' });
    expect(set.spec?.volumeClaimTemplates?.[0]?.spec).toEqual({
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '9Gi' } },
      storageClassName: 'fast',
    });
    expect(set.spec?.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
  });

  it('writes to its queue alone, as a user of no rights', () => {
    const { container } = collector();
    expect(container.securityContext).toMatchObject({ runAsUser: 10001, readOnlyRootFilesystem: true });
    expect(container.volumeMounts?.filter(({ readOnly }) => readOnly !== true)).toEqual([
      { name: 'queue', mountPath: '/var/lib/otelcol' },
    ]);
  });

  it('restarts when what it redacts changes, and only then', () => {
    const note = (props: Partial<TraceCollectorProps>) => collector(props).set.spec?.template.metadata?.annotations;
    expect(note({ patterns: redactionPatterns(['contact']) })).not.toEqual(note({}));
    expect(note({ replicas: 3 })).toEqual(note({}));
  });
});
