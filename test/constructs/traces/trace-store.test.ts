import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import type { CronJob } from 'kubernetes-types/batch/v1';
import { DISTRIBUTIONS } from '../../../catalog/distributions';
import { redactionPatterns } from '../../../catalog/redaction';
import { ConfinedNamespace } from '../../../constructs/confinement/confined-namespace';
import { TraceCollector } from '../../../constructs/traces/trace-collector';
import { TraceStore, type TraceStoreProps } from '../../../constructs/traces/trace-store';
import { digestOf } from '../../../core/digest';
import { objectsOf } from '../../stacks/synthesized';
import { TestStack } from '../plan';

const GIB = 1024 ** 3;
const IMAGES = {
  image: `registry.site.internal/arizephoenix/phoenix@${digestOf('phoenix')}`,
  databaseImage: `registry.site.internal/library/postgres@${digestOf('postgres')}`,
  platforms: ['linux/amd64'],
};
const DATABASE = { name: 'trace-db', cidr: '10.0.0.7/32', port: 5432, owner: 'o', reason: 'r' };

function store(
  props: Partial<TraceStoreProps> = {},
  more: (stack: TestStack, namespace: ConfinedNamespace) => void = () => undefined,
) {
  const stack = new TestStack();
  const namespace = new ConfinedNamespace(stack, 'ns', { name: 'airlock-telemetry', kubernetesVersion: '1.34' });
  new TraceStore(stack, 'store', {
    ...{ namespace, ...IMAGES, version: '20.26.1', secret: 'trace-store' },
    ...{ retentionDays: 30, storageBytes: 40 * GIB, dns: DISTRIBUTIONS.rke2.dns },
    ...props,
  });
  more(stack, namespace);
  const plan = stack.plan();
  const objects = objectsOf(plan, 'store_release');
  const find = (wanted: string): unknown => objects.find(({ kind }) => (kind as string) === wanted);
  const deployment = find('Deployment') as Deployment | undefined;
  return {
    ...{ plan, objects, deployment, database: find('StatefulSet') as StatefulSet | undefined },
    backup: (find('CronJob') as CronJob | undefined)?.spec?.jobTemplate.spec?.template.spec?.containers[0],
    schedule: (find('CronJob') as CronJob | undefined)?.spec?.schedule,
    phoenix: deployment!.spec!.template.spec!.containers[0]!,
    policies: Object.keys(plan.resource['kubernetes_network_policy_v1'] ?? {}),
    claim: plan.resource['kubernetes_persistent_volume_claim_v1']?.['store_backups'],
  };
}

type Container = {
  readonly env?: readonly { readonly name: string; readonly valueFrom?: { readonly secretKeyRef?: object } }[];
};
const secretsOf = (container?: Container) =>
  (container?.env ?? []).filter(({ valueFrom }) => valueFrom !== undefined).map(({ name }) => name);

describe('TraceStore', () => {
  it('opens the database to the store and its backups, and nothing to anybody else', () => {
    expect(store().policies).toEqual([
      'ns_lockdown_deny-all',
      'ns_lockdown_allow-trace-store-database-egress',
      'ns_lockdown_allow-trace-store-database-ingress',
      'ns_lockdown_allow-dns-trace-store',
      'ns_lockdown_allow-trace-backup-database-egress',
      'ns_lockdown_allow-trace-backup-database-ingress',
      'ns_lockdown_allow-dns-trace-backup',
    ]);
  });

  it('shares its namespace with the collector', () => {
    const { policies } = store({}, (stack, namespace) => {
      new TraceCollector(stack, 'collector', {
        ...{ namespace, image: IMAGES.image, platforms: IMAGES.platforms, patterns: redactionPatterns(['contact']) },
        ...{ senders: [], key: { secret: 'trace-store', key: 'collector-key' }, dns: DISTRIBUTIONS.rke2.dns },
      });
    });
    expect(policies).toContain('ns_lockdown_allow-trace-store-ingress');
  });

  it('lets in people by the way they come, where there is one', () => {
    const readers = [{ namespace: 'ingress', labels: { app: 'ingress' } }];
    expect(store({ readers }).policies).toContain('ns_lockdown_allow-trace-readers-ingress');
  });

  it('has every secret by name, and only the keys it needs', () => {
    const { phoenix, database, backup } = store();
    expect(secretsOf(phoenix)).toEqual([
      'PHOENIX_POSTGRES_PASSWORD',
      'PHOENIX_SECRET',
      'PHOENIX_ADMIN_SECRET',
      'PHOENIX_DEFAULT_ADMIN_INITIAL_PASSWORD',
    ]);
    expect(secretsOf(database?.spec?.template.spec?.containers[0])).toEqual(['POSTGRES_PASSWORD']);
    expect(secretsOf(backup)).toEqual(['PGPASSWORD']);
  });

  it('uses a database of the site, and has none of its own then', () => {
    const { database, phoenix, backup, policies } = store({ externalDatabase: DATABASE });
    expect(database).toBeUndefined();
    expect(secretsOf(phoenix)[0]).toBe('PHOENIX_SQL_DATABASE_URL');
    expect(secretsOf(backup)).toEqual(['DATABASE_URL']);
    expect(policies).toEqual(
      expect.arrayContaining([
        'ns_lockdown_allow-to-trace-db-trace-store',
        'ns_lockdown_allow-to-trace-db-trace-backup',
      ]),
    );
  });

  it('gives the database a quarter more than its capacity, on a claim that stays', () => {
    const { database } = store();
    expect(database?.spec?.volumeClaimTemplates?.[0]?.spec?.resources?.requests).toEqual({ storage: '50Gi' });
    expect(database?.spec?.persistentVolumeClaimRetentionPolicy?.whenDeleted).toBe('Retain');
  });

  it('keeps backups on a volume that Terraform cannot destroy', () => {
    expect(store({ backupBytes: 10 * GIB }).claim).toMatchObject({
      spec: { resources: { requests: { storage: '10Gi' } } },
      lifecycle: { prevent_destroy: true },
    });
  });

  it('backs up when and as often as it is told', () => {
    const { schedule, backup } = store({ backup: { schedule: '0 4 * * 0', keep: 3 } });
    expect(schedule).toBe('0 4 * * 0');
    expect(backup?.command?.[2]).toContain('tail -n +4');
    expect(store().schedule).toBe('30 1 * * *');
  });

  it('runs all its containers restricted, writing to volumes alone', () => {
    const { phoenix, database, backup } = store();
    for (const container of [phoenix, database?.spec?.template.spec?.containers[0], backup])
      expect(container?.securityContext).toMatchObject({
        runAsNonRoot: true,
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      });
  });

  it('takes no spans while the database is away, and is not restarted for it', () => {
    const { readinessProbe, livenessProbe } = store().phoenix;
    expect(readinessProbe).toMatchObject({ httpGet: { path: '/readyz' }, failureThreshold: 1, periodSeconds: 2 });
    expect(livenessProbe).toMatchObject({ httpGet: { path: '/healthz' } });
  });

  it('mounts what it adds to the store, and restarts it when that changes', () => {
    const { phoenix, deployment, objects } = store();
    expect(phoenix.volumeMounts).toContainEqual({ name: 'middleware', mountPath: '/mnt/airlock', readOnly: true });
    expect(objects.map(({ kind }) => kind as string)).toContain('ConfigMap');
    expect(deployment?.spec?.template.metadata?.annotations).toHaveProperty(['airlock.dev/store-middleware']);
  });

  it('never runs two versions on one database', () => {
    expect(store().deployment?.spec?.strategy).toEqual({ type: 'Recreate' });
  });

  it('refuses a version that cannot be kept offline', () => {
    expect(() => store({ version: '15.0.0' })).toThrow(/lacks switches/);
  });
});
