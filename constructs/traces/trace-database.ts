/** The objects of the trace store's own PostgreSQL, and of backups of whatever database it has. */
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { CronJob } from 'kubernetes-types/batch/v1';
import type { Container, EnvVar, Service } from 'kubernetes-types/core/v1';
import { gibibytes, mebibytes } from '../../core/quantity';
import { BACKUP_FOLDER, backupScript } from '../../telemetry/traces/backup';
import { PHOENIX_DATABASE, STORE_SECRET_KEYS } from '../../telemetry/traces/phoenix';
import type { Flow } from '../confinement/egress-lockdown';
import { claimTemplate } from '../workload/kept-volume';
import { componentLabels, selectorLabels, workloadLabels } from '../names';
import { type NumericUser, quietPod, restrictedContainer } from '../workload/restricted';
import { secretVariable } from '../workload/secret-variable';
import { clusterService } from '../workload/workload-objects';

export const DATABASE_NAME = 'trace-database';
export const BACKUP_NAME = 'trace-backup';
/** Port that PostgreSQL listens on. */
export const DATABASE_PORT = 5432;

/** The user of the official image on Debian (docker-library/postgres, Dockerfile-debian.template). */
const USER: NumericUser = { uid: 999, gid: 999 };
const DATA_FOLDER = '/var/lib/postgresql/data';
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const MEMORY_BYTES = 2 * GIB;
/** A quarter of the memory (PostgreSQL documentation, "Resource Consumption", shared_buffers). */
const SHARED_BUFFERS_BYTES = MEMORY_BYTES / 4;
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

/** From a component of the store to its own database. */
export const databaseFlow = (namespace: string, from: 'trace-store' | 'trace-backup', reason: string): Flow => ({
  name: `${from}-database`,
  from: { namespace, labels: componentLabels(from) },
  to: { namespace, labels: componentLabels('trace-database') },
  port: DATABASE_PORT,
  reason,
});

function databaseContainer({ image, secret }: DatabaseIdentity): Container {
  const ready = { exec: { command: ['pg_isready', '--username', PHOENIX_DATABASE, '--dbname', PHOENIX_DATABASE] } };
  return {
    name: 'postgres',
    image,
    imagePullPolicy: 'IfNotPresent',
    args: [
      '-c',
      `shared_buffers=${String(SHARED_BUFFERS_BYTES / MIB)}MB`,
      '-c',
      'log_statement=none',
      '-c',
      'log_min_error_statement=panic',
    ],
    env: [
      { name: 'POSTGRES_USER', value: PHOENIX_DATABASE },
      { name: 'POSTGRES_DB', value: PHOENIX_DATABASE },
      // Below the volume's root, which file systems share with folders of their own (`lost+found`).
      { name: 'PGDATA', value: `${DATA_FOLDER}/pgdata` },
      { name: 'POSTGRES_INITDB_ARGS', value: '--auth-host=scram-sha-256 --data-checksums' },
      secretVariable('POSTGRES_PASSWORD', secret, STORE_SECRET_KEYS.databasePassword),
    ],
    ports: [{ name: 'postgres', containerPort: DATABASE_PORT, protocol: 'TCP' }],
    // After a power cut it reads its write-ahead log first.
    startupProbe: { ...ready, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 360 },
    readinessProbe: { ...ready, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 },
    livenessProbe: { ...ready, periodSeconds: 10, timeoutSeconds: 10, failureThreshold: 12 },
    resources: {
      requests: { cpu: '500m', memory: mebibytes(MEMORY_BYTES) },
      limits: { memory: mebibytes(MEMORY_BYTES) },
    },
    securityContext: restrictedContainer(USER),
    volumeMounts: [
      { name: 'data', mountPath: DATA_FOLDER },
      { name: 'sockets', mountPath: '/var/run/postgresql' },
      { name: 'scratch', mountPath: '/tmp' },
      { name: 'shared-memory', mountPath: '/dev/shm' },
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
          ...quietPod(USER.gid, identity.platforms),
          // The image's stop signal is SIGINT: connections are cut, and a checkpoint is written.
          terminationGracePeriodSeconds: 120,
          containers: [databaseContainer(identity)],
          volumes: [
            { name: 'sockets', emptyDir: { sizeLimit: '1Mi' } },
            { name: 'scratch', emptyDir: { sizeLimit: '64Mi' } },
            { name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: '256Mi' } },
          ],
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

export interface BackupPlan {
  /** When, as cron writes it, in UTC. */
  readonly schedule: string;
  /** How many are kept. */
  readonly keep: number;
}

/** Environment by which libpq finds the database. */
const connection = (secret: string, own: boolean): EnvVar[] =>
  own
    ? [
        { name: 'PGHOST', value: DATABASE_NAME },
        { name: 'PGPORT', value: String(DATABASE_PORT) },
        { name: 'PGUSER', value: PHOENIX_DATABASE },
        { name: 'PGDATABASE', value: PHOENIX_DATABASE },
        secretVariable('PGPASSWORD', secret, STORE_SECRET_KEYS.databasePassword),
      ]
    : [secretVariable('DATABASE_URL', secret, STORE_SECRET_KEYS.databaseUrl)];

/** @param own whether the database is the kit's own; else its address is in the Secret */
export function backupCronJob(
  { namespace, secret, image, platforms }: DatabaseIdentity,
  { schedule, keep }: BackupPlan,
  own: boolean,
): CronJob {
  const labels = { ...workloadLabels(BACKUP_NAME, BACKUP_NAME, 'trace-backup') };
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
              ...quietPod(USER.gid, platforms),
              restartPolicy: 'OnFailure',
              containers: [
                {
                  name: 'backup',
                  image,
                  imagePullPolicy: 'IfNotPresent',
                  command: ['/bin/sh', '-c', backupScript(keep)],
                  env: connection(secret, own),
                  resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '512Mi' } },
                  securityContext: restrictedContainer(USER),
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
