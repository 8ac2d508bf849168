/** The controller of LeaderWorkerSets beside the API server: its own roles, account and webhooks, as its project deploys them. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PlainObject } from '../../../audit/kubernetes/plain.js';
import { makeCertificates } from '../../harness/certificates.mjs';
import { goProgram } from '../../harness/go.mjs';
import { mustRun, type Service, startService } from '../../harness/processes.mjs';
import { leaderWorkerSetObjects } from '../install/leader-worker-sets.mjs';
import { LWS } from '../install/versions.mjs';
import type { World } from './world.mjs';

const NAMESPACE = 'lws-system';
const ACCOUNT = 'lws-controller-manager';
const HOST = '127.0.0.1';
const WEBHOOK_PORT = 9443;

/** The controller runs here, not in a pod. */
const OF_ITS_POD = ['Deployment', 'Service', 'Secret', 'ConfigMap'];

interface Webhook {
  readonly clientConfig: { readonly service: { readonly path: string } };
}

/** The same webhook configuration, but asked at an address: this cluster has no network of Services. */
const atAddress = (object: PlainObject, caBundle: string): object => ({
  ...object,
  webhooks: (object['webhooks'] as readonly Webhook[]).map((webhook) => ({
    ...webhook,
    clientConfig: { url: `https://${HOST}:${String(WEBHOOK_PORT)}${webhook.clientConfig.service.path}`, caBundle },
  })),
});

/** The names that the controller looks for. @returns the authority as a webhook configuration carries it */
async function certify(folder: string): Promise<string> {
  const { authority, certificate, key } = await makeCertificates(folder);
  await copyFile(certificate, path.join(folder, 'tls.crt'));
  await copyFile(key, path.join(folder, 'tls.key'));
  return (await readFile(authority)).toString('base64');
}

/** Whether the path is registered: webhooks come after the server. */
async function isServed(webhookPath: string): Promise<boolean> {
  const url = `https://${HOST}:${String(WEBHOOK_PORT)}${webhookPath}`;
  const args = [
    '--silent',
    '--insecure',
    '--max-time',
    '2',
    '--output',
    '/dev/null',
    '--write-out',
    '%{http_code}',
    url,
  ];
  const ran = await mustRun('curl', args).catch(() => undefined);
  return ran !== undefined && ran.stdout !== '404';
}

/** Returns once it takes what the API server sends it. */
export async function startGroupController(world: World): Promise<Service> {
  const folder = path.join(world.folder, 'lws');
  await mkdir(folder);
  const caBundle = await certify(folder);
  const objects = (await leaderWorkerSetObjects()).filter(({ kind }) => !OF_ITS_POD.includes(kind));
  const isWebhook = ({ kind }: PlainObject): boolean => kind.endsWith('WebhookConfiguration');
  const admin = world.kubectl('admin');
  await admin.apply(
    objects.filter((object) => !isWebhook(object)),
    'e2e',
  );
  const config = path.join(folder, 'config.json');
  const settings = {
    apiVersion: 'config.lws.x-k8s.io/v1alpha1',
    kind: 'Configuration',
    leaderElection: { leaderElect: false },
    internalCertManagement: { enable: false },
    webhook: { host: HOST, port: WEBHOOK_PORT, certDir: folder },
    metrics: { bindAddress: '0' },
    health: { healthProbeBindAddress: '0' },
  };
  await writeFile(config, JSON.stringify(settings));
  const service = await startService(goProgram(LWS), [`--config=${config}`], {
    env: { KUBECONFIG: await world.accountKubeconfig(NAMESPACE, ACCOUNT) },
    ready: () => isServed('/validate--v1-pod'),
    withinMs: 60_000,
  });
  const webhooks = objects.filter(isWebhook).map((object) => atAddress(object, caBundle));
  await admin.apply(webhooks, 'e2e');
  return service;
}
