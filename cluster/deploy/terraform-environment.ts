/** What Terraform sees of the machine that deploys: what it needs for this plan, and nothing that changes what it does. */
import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Enclave } from '../../site/generated/enclave';

/** Trust in authorities of the site, and how texts are written. */
const ALWAYS = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'LANG', 'LC_*', 'TZ'];

/** Credentials of each backend, which come from the environment alone (stacks/state-backend.ts). */
const BACKEND: Readonly<Record<NonNullable<Enclave['state']>['backend'], readonly string[]>> = {
  local: [],
  kubernetes: [],
  http: [
    ...['TF_HTTP_USERNAME', 'TF_HTTP_PASSWORD', 'TF_HTTP_CLIENT_CA_CERTIFICATE_PEM'],
    ...['TF_HTTP_CLIENT_CERTIFICATE_PEM', 'TF_HTTP_CLIENT_PRIVATE_KEY_PEM'],
  ],
  pg: ['PG_CONN_STR', 'PGUSER', 'PGPASSWORD', 'PGSSLROOTCERT', 'PGSSLCERT', 'PGSSLKEY', 'PGSSLMODE'],
};

/** Names of the only variables that it may see. */
export const seenByTerraform = ({ state }: Pick<Enclave, 'state'>): readonly string[] => [
  ...ALWAYS,
  ...BACKEND[state?.backend ?? 'local'],
];

export interface TerraformPlaces {
  /** Folder of the plan's copy. */
  readonly plan: string;
  readonly kubeconfig: string;
  /** Empty folder: what lies in a person's home, plug-ins and settings among it, is not read. */
  readonly home: string;
}

/** Variables that are set for it. */
export async function setForTerraform({ plan, kubeconfig, home }: TerraformPlaces): Promise<Record<string, string>> {
  const ofPlan = path.join(plan, 'terraform.tfrc');
  const own = path.join(home, 'empty.tfrc');
  const isThere = await stat(ofPlan).then(
    () => true,
    () => false,
  );
  if (!isThere) await writeFile(own, 'disable_checkpoint = true\n');
  return {
    HOME: home,
    TMPDIR: home,
    PATH: '/usr/local/bin:/usr/bin:/bin',
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
    TF_CLI_CONFIG_FILE: isThere ? ofPlan : own,
    TF_VAR_kubeconfig: kubeconfig,
    KUBE_CONFIG_PATH: kubeconfig,
  };
}
