/** A control plane of its own: etcd, API server, controller manager and scheduler, as real as they come, without nodes. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Kubectl } from '../../../cluster/kubectl.js';
import { answers, mustRun, type Service, startService } from '../../harness/processes.mjs';
import { kubernetesProgram } from '../install/kubernetes.mjs';

/** Users that the API server knows, by token. */
export const USERS = {
  /** Who makes nodes and volumes: what a cluster's own administrator does. */
  admin: { name: 'kubernetes-admin', groups: ['system:masters'] },
  /** Who deploys; the only one whom the enclave names. */
  deployer: { name: 'airlock-deployer', groups: ['cluster-admins'] },
  /** May do everything that the deployer may, as RBAC sees it. */
  intruder: { name: 'intruder', groups: ['cluster-admins'] },
  'controller-manager': { name: 'system:kube-controller-manager', groups: [] },
  scheduler: { name: 'system:kube-scheduler', groups: [] },
} as const satisfies Record<string, { readonly name: string; readonly groups: readonly string[] }>;

export type User = keyof typeof USERS;

export interface ControlPlane {
  /** Path of a kubeconfig file. */
  readonly kubeconfig: (user: User) => string;
  readonly kubectl: (user: User) => Kubectl;
  /** Path of a kubeconfig file of a service account, which exists. */
  readonly accountKubeconfig: (namespace: string, account: string) => Promise<string>;
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export interface ControlPlaneOptions {
  /** Folder for state, keys and kubeconfig files. */
  readonly folder: string;
  /** Address of this machine that nodes would reach; the API server refuses to advertise loopback. */
  readonly address: string;
  readonly serviceCidr: string;
  readonly podCidr: string;
}

const ETCD_PORT = 2379;
const API_PORT = 6443;

const kubeconfigOf = (url: string, ca: string, user: string, token: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'e2e', cluster: { server: url, 'certificate-authority': ca } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user } }],
    'current-context': 'e2e',
  });

function startEtcd(folder: string): Promise<Service> {
  const client = `http://127.0.0.1:${String(ETCD_PORT)}`;
  const args = [
    `--data-dir=${path.join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    '--listen-peer-urls=http://127.0.0.1:2380',
    // Nothing here outlives the run.
    '--unsafe-no-fsync',
  ];
  return startService('etcd', args, { ready: () => answers(`${client}/health`) });
}

async function startApiServer(options: ControlPlaneOptions): Promise<Service> {
  const { folder, address, serviceCidr } = options;
  const key = path.join(folder, 'service-accounts.key');
  await mustRun('openssl', ['genrsa', '-out', key, '2048']);
  const tokens = Object.entries(USERS).map(
    ([user, { name, groups }], uid) => `token-of-${user},${name},${String(uid)},"${groups.join(',')}"`,
  );
  await writeFile(path.join(folder, 'tokens.csv'), `${tokens.join('\n')}\n`, { mode: 0o600 });
  const args = [
    `--etcd-servers=http://127.0.0.1:${String(ETCD_PORT)}`,
    `--cert-dir=${path.join(folder, 'certificates')}`,
    `--token-auth-file=${path.join(folder, 'tokens.csv')}`,
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    `--secure-port=${String(API_PORT)}`,
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-cluster-ip-range=${serviceCidr}`,
    // As kubeadm sets it: what may be privileged is for admission to say.
    '--allow-privileged=true',
    '--authorization-mode=RBAC',
    // It needs progress notifications of watches, which etcd has since 3.4.25; without them clients start over again and again.
    '--feature-gates=WatchList=false',
  ];
  const url = `https://${address}:${String(API_PORT)}/readyz`;
  const ready = async (): Promise<boolean> => {
    const ran = await mustRun('curl', ['--silent', '--insecure', '--max-time', '2', url]).catch(() => undefined);
    return ran?.stdout === 'ok';
  };
  return startService(kubernetesProgram('kube-apiserver'), args, { ready, withinMs: 90_000 });
}

/** Everybody of the group may do everything: what keeps them apart is admission alone. */
const CLUSTER_ADMINS = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'cluster-admins' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'cluster-admins' }],
};

/** Starts everything; the services end with the process at the latest. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { folder, address, podCidr } = options;
  await mkdir(folder, { recursive: true });
  const services: Service[] = [];
  const stop = async (): Promise<void> => {
    for (const service of services.reverse()) await service.stop();
  };
  const url = `https://${address}:${String(API_PORT)}`;
  const kubeconfig = (user: User): string => path.join(folder, `${user}.kubeconfig`);
  const kubectl = (user: User): Kubectl =>
    new Kubectl({ program: kubernetesProgram('kubectl'), kubeconfig: kubeconfig(user) });
  const ca = path.join(folder, 'certificates', 'apiserver.crt');
  const accountKubeconfig = async (namespace: string, account: string): Promise<string> => {
    const ran = await kubectl('admin').run(['create', 'token', account, '--namespace', namespace, '--duration=1h']);
    if (ran.code !== 0) throw new Error(ran.stderr);
    const file = path.join(folder, `${account}.kubeconfig`);
    await writeFile(file, kubeconfigOf(url, ca, account, ran.stdout.trim()), { mode: 0o600 });
    return file;
  };
  try {
    services.push(await startEtcd(folder));
    services.push(await startApiServer(options));
    for (const user of Object.keys(USERS) as User[])
      await writeFile(kubeconfig(user), kubeconfigOf(url, ca, user, `token-of-${user}`));
    await kubectl('admin').apply([CLUSTER_ADMINS], 'e2e');
    const managerArgs = [
      `--kubeconfig=${kubeconfig('controller-manager')}`,
      `--service-account-private-key-file=${path.join(folder, 'service-accounts.key')}`,
      // As every distribution sets it: the controllers are told apart by their users.
      '--use-service-account-credentials=true',
      '--allocate-node-cidrs=true',
      `--cluster-cidr=${podCidr}`,
      '--leader-elect=false',
    ];
    const manager = { ready: (output: string) => output.includes('Caches are synced'), withinMs: 60_000 };
    services.push(await startService(kubernetesProgram('kube-controller-manager'), managerArgs, manager));
    const schedulerArgs = [`--kubeconfig=${kubeconfig('scheduler')}`, '--leader-elect=false'];
    // Whether it schedules is seen by the pods.
    services.push(await startService(kubernetesProgram('kube-scheduler'), schedulerArgs, { ready: () => true }));
  } catch (error) {
    await stop();
    throw error;
  }
  return { kubeconfig, kubectl, accountKubeconfig, url, stop };
}
