/** The objects of the trace store's own PostgreSQL, and of backups of whatever database it has. */
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { CronJob } from 'kubernetes-types/batch/v1';
import type { Container, EnvVar, Service } from 'kubernetes-types/core/v1';
import { gibibytes, mebibytes } from '../../core/quantity';
import { BACKUP_FOLDER } from '../../telemetry/traces/backup';
import { backupSpec, DATABASE_PORT, POSTGRES, POSTGRES_USER, type PostgresSpec } from '../../telemetry/traces/postgres';
import { claimTemplate } from '../workload/kept-volume';
import { selectorLabels, workloadLabels } from '../../catalog/platform/names';
import { quietPod, restrictedContainer } from '../workload/restricted';
import { secretVariable } from '../workload/secret-variable';
import { clusterService } from '../workload/workload-objects';

export const DATABASE_NAME = 'trace-database';
export const BACKUP_NAME = 'trace-backup';

/**
 * Data, indexes and dead rows take the capacity; write-ahead logs up to max_wal_size (1 GiB) and vacuum another part. Phoenix
 * stops at 90 % of the capacity.
 */
const CLAIM_FACTOR = 1.25;

/** What both know of the store. */
export interface DatabaseIdentity {
  readonly namespace: string;
  /** Secret with the keys of `STORE_SECRET_KEYS`. */
  readonly secret: string;
  /** Image of PostgreSQL, by digest. */
  readonly image: string;
  readonly platforms: readonly string[];
}

const environment = ({ env, secrets }: Pick<PostgresSpec, 'env' | 'secrets'>, secret: string): EnvVar[] => [
  ...Object.entries(env).map(([name, value]) => ({ name, value })),
  ...secrets.map(({ variable, key }) => secretVariable(variable, secret, key)),
];

function databaseContainer({ image, secret }: DatabaseIdentity): Container {
  const ready = { exec: { command: [...POSTGRES.readyCommand] } };
  const memory = mebibytes(POSTGRES.memoryBytes);
  return {
    name: 'postgres',
    image,
    imagePullPolicy: 'IfNotPresent',
    args: [...POSTGRES.args],
    env: environment(POSTGRES, secret),
    ports: [{ name: 'postgres', containerPort: DATABASE_PORT, protocol: 'TCP' }],
    // After a power cut it reads its write-ahead log first.
    startupProbe: { ...ready, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 360 },
    readinessProbe: { ...ready, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 },
    livenessProbe: { ...ready, periodSeconds: 10, timeoutSeconds: 10, failureThreshold: 12 },
    resources: { requests: { cpu: '500m', memory }, limits: { memory } },
    securityContext: restrictedContainer(POSTGRES_USER),
    volumeMounts: [
      { name: 'data', mountPath: POSTGRES.dataFolder },
      ...POSTGRES.writable.map(({ name, path }) => ({ name, mountPath: path })),
    ],
  };
}

/** The store's own database: one server with one volume, which outlives it. */
export function databaseStatefulSet(
  identity: DatabaseIdentity,
  storageBytes: number,
  storageClassName?: string,
): StatefulSet {
  const labels = { ...workloadLabels(DATABASE_NAME, DATABASE_NAME, 'trace-database') };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: DATABASE_NAME, namespace: identity.namespace, labels },
    spec: {
      replicas: 1,
      serviceName: DATABASE_NAME,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      updateStrategy: { type: 'RollingUpdate' },
      revisionHistoryLimit: 3,
      selector: { matchLabels: { ...selectorLabels(DATABASE_NAME, DATABASE_NAME) } },
      template: {
        metadata: { labels },
        spec: {
          ...quietPod(POSTGRES_USER.gid, identity.platforms),
          terminationGracePeriodSeconds: POSTGRES.shutdownSeconds,
          containers: [databaseContainer(identity)],
          volumes: POSTGRES.writable.map(({ name, size, memory }) => ({
            name,
            emptyDir: { ...(memory === true ? { medium: 'Memory' } : {}), sizeLimit: size },
          })),
        },
      },
      volumeClaimTemplates: [
        claimTemplate(
          'data',
          selectorLabels(DATABASE_NAME, DATABASE_NAME),
          gibibytes(storageBytes * CLAIM_FACTOR),
          storageClassName,
        ),
      ],
    },
  };
}

export const databaseService = (namespace: string): Service =>
  clusterService(
    {
      ...{ name: DATABASE_NAME, namespace, selector: selectorLabels(DATABASE_NAME, DATABASE_NAME) },
      labels: workloadLabels(DATABASE_NAME, DATABASE_NAME, 'trace-database'),
    },
    { name: 'postgres', port: DATABASE_PORT },
  );

/** When the database is written to the volume of backups, and how many stay. */
export interface BackupPlan {
  /** When, as cron writes it, in UTC. */
  readonly schedule: string;
  /** How many are kept. */
  readonly keep: number;
}

/** @param own whether the database is the kit's own; else its address is in the Secret */
export function backupCronJob(
  { namespace, secret, image, platforms }: DatabaseIdentity,
  { schedule, keep }: BackupPlan,
  own: boolean,
): CronJob {
  const labels = { ...workloadLabels(BACKUP_NAME, BACKUP_NAME, 'trace-backup') };
  const spec = backupSpec(keep, own ? DATABASE_NAME : undefined);
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: BACKUP_NAME, namespace, labels },
    spec: {
      schedule,
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        spec: {
          backoffLimit: 2,
          activeDeadlineSeconds: 6 * 3600,
          template: {
            metadata: { labels },
            spec: {
              ...quietPod(POSTGRES_USER.gid, platforms),
              restartPolicy: 'OnFailure',
              containers: [
                {
                  name: 'backup',
                  image,
                  imagePullPolicy: 'IfNotPresent',
                  command: [...spec.command],
                  env: environment(spec, secret),
                  resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '512Mi' } },
                  securityContext: restrictedContainer(POSTGRES_USER),
                  volumeMounts: [{ name: 'backups', mountPath: BACKUP_FOLDER }],
                },
              ],
              volumes: [{ name: 'backups', persistentVolumeClaim: { claimName: BACKUP_NAME } }],
            },
          },
        },
      },
    },
  };
}
