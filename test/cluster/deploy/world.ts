/** A site with its plan, its reviewers and a stand-in for what would be started, to deploy from. */
import { createHash, X509Certificate } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { blueprintOf } from '../../../blueprint/blueprint';
import type { ReviewedFiles } from '../../../cluster/approval/private-copy';
import { signApproval, type SignedApproval } from '../../../cluster/approval/sign';
import { deploy, type Deployment, type DeployOptions } from '../../../cluster/deploy/deploy';
import { reviewJson } from '../../../core/canonical-json';
import { synthesize } from '../../../stacks/app';
import { filesOf } from '../../blueprint/files';
import { type TestSigner, testSigner } from '../../offline-bundle/trust/signers';

export const UID = '5a6e1f0c-6c3b-4f2e-9d44-0e2b8f6b7c11';
export const NOW = new Date('2026-11-30T12:00:00Z');
export const VERSION = '0.1.0';
const EXAMPLE = path.resolve(__dirname, '../../../examples/edge-cpu');
const AUTHORITY = readFileSync(path.resolve(__dirname, '../../fixtures/tls/ca.crt'));

/** Notes that it was started, with its arguments and environment; plans what the configuration states. */
const TERRAFORM = `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const [what] = process.argv.slice(2);
const configuration = JSON.parse(readFileSync('cdk.tf.json', 'utf8'));
if (what === 'show') {
  const sources = configuration.terraform.required_providers;
  const changes = Object.entries(configuration.resource).flatMap(([type, blocks]) =>
    Object.entries(blocks).map(([name, { '//': _, depends_on, lifecycle, ...after }]) => ({
      address: type + '.' + name, mode: 'managed', type, name,
      provider_name: sources[type.split('_')[0]].source,
      change: { actions: ['create'], before: null, after, after_unknown: {} },
    })),
  );
  console.log(JSON.stringify({ format_version: '1.2', resource_changes: changes }));
}
const stack = process.cwd().split('/').at(-1);
appendFileSync(CALLS, JSON.stringify({ stack, args: process.argv.slice(2), env: process.env }) + '\\n');
if (what === 'apply' && require('node:fs').existsSync(CALLS + '.fail-' + stack)) {
  console.error('Error: refused');
  process.exit(1);
}
`;

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

export interface World {
  readonly folder: string;
  readonly files: ReviewedFiles;
  readonly ada: TestSigner;
  readonly ben: TestSigner;
  readonly deployer: TestSigner;
  /** What the stand-in for Terraform was started with. */
  readonly started: () => readonly {
    readonly stack: string;
    readonly args: readonly string[];
    readonly env: NodeJS.ProcessEnv;
  }[];
}

const at = (folder: string) => (name: string) => path.join(folder, name);

function worldIn(folder: string, keys: Pick<World, 'ada' | 'ben' | 'deployer'>): World {
  const inside = at(folder);
  return {
    folder,
    ...keys,
    files: {
      plan: inside('cdktf.out'),
      site: inside('site.yaml'),
      enclave: inside('enclave.yaml'),
      lock: inside('airlock.lock.json'),
      waivers: inside('waivers.yaml'),
    },
    started: () =>
      existsSync(inside('calls'))
        ? readFileSync(inside('calls'), 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as ReturnType<World['started']>[number])
        : [],
  };
}

function terraform(folder: string): string {
  return TERRAFORM.replaceAll('CALLS', JSON.stringify(path.join(folder, 'calls')));
}

/** Makes the files of a site whose plan the audit passes; nobody has signed it yet. */
export function makeWorld(): World {
  const folder = mkdtempSync(path.join(tmpdir(), 'airlock-deploy-test-'));
  const inside = at(folder);
  const keys = { ada: testSigner(), ben: testSigner(), deployer: testSigner() };
  const program = terraform(folder);
  const { site, enclave, lock } = filesOf(EXAMPLE);
  const url = 'https://releases.example/terraform';
  site.files = [{ name: 'terraform', url, sha256: sha256(program) }];
  lock.files = [...lock.files, { name: 'terraform', url, size: program.length, sha256: sha256(program) }];
  const named = [
    { name: 'Ada', key: keys.ada.trusted.id },
    { name: 'Ben', key: keys.ben.trusted.id },
  ];
  enclave.deployment = {
    cluster: { uid: UID, certificateAuthority: `sha256:${sha256(new X509Certificate(AUTHORITY).raw)}` },
    approvals: { threshold: 2, reviewers: named },
    emergency: named,
  };
  writeFileSync(inside('site.yaml'), stringify(site));
  writeFileSync(inside('enclave.yaml'), stringify(enclave));
  writeFileSync(inside('airlock.lock.json'), reviewJson(lock));
  writeFileSync(inside('waivers.yaml'), 'apiVersion: airlock/v1alpha1\nkind: Waivers\nwaivers: []\n');
  synthesize({ blueprint: blueprintOf({ site, enclave, lock }), outdir: inside('cdktf.out') });
  writeFileSync(inside('terraform'), program, { mode: 0o755 });
  const answer = JSON.stringify({ metadata: { uid: UID } });
  writeFileSync(inside('kubectl'), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'site',
    contexts: [{ name: 'site', context: { cluster: 'site', user: 'deployer' } }],
    clusters: [
      {
        name: 'site',
        cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': AUTHORITY.toString('base64') },
      },
    ],
    users: [{ name: 'deployer', user: { token: 'a-token' } }],
  };
  writeFileSync(inside('kubeconfig'), stringify(kubeconfig));
  mkdirSync(inside('approvals'));
  return worldIn(folder, keys);
}

/** The same files at another place, to be changed. */
export function copyOf({ folder, ada, ben, deployer }: World): World {
  const copy = mkdtempSync(path.join(tmpdir(), 'airlock-deploy-test-'));
  cpSync(folder, copy, { recursive: true });
  return worldIn(copy, { ada, ben, deployer });
}

export const removeWorld = ({ folder }: World): void => rmSync(folder, { recursive: true, force: true });

export const signedBy = (
  { folder, files }: World,
  { signer }: TestSigner,
  more: { readonly days?: number; readonly emergency?: string; readonly now?: Date; readonly version?: string } = {},
): Promise<SignedApproval> =>
  signApproval({ files, signer, out: path.join(folder, 'approvals'), version: VERSION, now: NOW, ...more });

export const deployed = (world: World, more: Partial<DeployOptions> = {}): Promise<Deployment> => {
  const inside = at(world.folder);
  return deploy({
    files: world.files,
    approvals: inside('approvals'),
    trusted: [world.ada.trusted, world.ben.trusted],
    terraform: inside('terraform'),
    kubectl: inside('kubectl'),
    kubeconfig: inside('kubeconfig'),
    archive: inside('deployments'),
    allowDestroy: [],
    emergency: false,
    signer: world.deployer.signer,
    version: VERSION,
    now: NOW,
    log: () => undefined,
    ...more,
  });
};
