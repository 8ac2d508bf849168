/** Each kind of file in each folder of a plan, and each file of the plan changed, gone, or a link. Shares no code with the audit. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { changesOf } from './changes';

export interface FileChange {
  /** Below the plan's folder. */
  readonly file: string;
  readonly what: string;
  /** Keys to each leaf of a document that changes. */
  readonly below?: readonly (readonly string[])[];
  /** Makes the change in a copy of the plan. */
  readonly make: (root: string) => void;
}

const PACKAGE = '.terraform/providers/registry.terraform.io/hashicorp/helm/3.1.1/linux_amd64';
/** What Terraform, OpenTofu, Helm, their wrappers and shells read by name (their documentation, "Files and Directories"). */
const NAMES = [
  ...['x.tf', 'x.tf.json', 'override.tf', 'x_override.tf.json', 'x.tofu', 'x.tofu.json', 'main.tf', 'backend.tf'],
  ...['terraform.tfvars', 'terraform.tfvars.json', 'x.auto.tfvars', 'x.auto.tfvars.json', 'x.tfvars'],
  ...['x.tftest.hcl', 'x.tftest.json', 'x.tfmock.hcl', 'x.tfquery.hcl', 'x.tfcomponent.hcl', 'x.tfdeploy.hcl'],
  ...['terraform.tfstate', 'terraform.tfstate.backup', 'errored.tfstate', '.terraform.tfstate.lock.info'],
  ...['terraform.x.tfstate', 'terraform.tfstate.d/x/terraform.tfstate', 'plan', 'x.tfplan', 'tfplan', 'crash.log'],
  ...[
    'terraform.tfrc',
    '.terraformrc',
    'terraform.rc',
    'tofu.rc',
    '.tofurc',
    '.terraform.lock.hcl',
    '.terraformignore',
  ],
  ...['.terraform/terraform.tfstate', '.terraform/environment', '.terraform/modules/modules.json', '.terraform/x'],
  ...['.terraform/modules/x/main.tf', '.terraform/plugins/x', '.terraform/providers/x', `${PACKAGE}/x`],
  ...[`${PACKAGE}/terraform-provider-helm_v3.1.1`, '.terraform/plugin_path', '.terraform/x.tf', '.terraform-version'],
  ...['terragrunt.hcl', 'root.hcl', '.envrc', '.env', '.tool-versions', 'Makefile', 'x.sh', 'x', 'x.json', 'x.yaml'],
  ...[
    'Chart.yaml',
    'Chart.lock',
    'values.yaml',
    'values.schema.json',
    '.helmignore',
    'templates/x.yaml',
    'crds/x.yaml',
  ],
  ...['templates/_helpers.tpl', 'templates/NOTES.txt', 'charts/x.tgz', 'charts/x/Chart.yaml', 'requirements.yaml'],
  ...[
    'cdk.tf.json',
    'cdktf.json',
    'cdk.tf',
    'manifest.json',
    'kubeconfig',
    '.kube/config',
    '.git/config',
    '.gitattributes',
  ],
  ...[
    'terraform-provider-helm',
    'terraform.d/plugins/x',
    'assets/x',
    'assets/x/x.yaml',
    'stacks/x/cdk.tf.json',
    '.hidden',
  ],
];

const TEXTS: readonly (readonly [what: string, text: string])[] = [
  ['empty', ''],
  ['a resource', '{"resource":{"null_resource":{"x":{}}}}'],
  ['HCL', 'resource "null_resource" "x" {}\n'],
];

function foldersOf(root: string, below = ''): string[] {
  const entries = readdirSync(path.join(root, below), { withFileTypes: true });
  return [
    below,
    ...entries.filter((entry) => entry.isDirectory()).flatMap(({ name }) => foldersOf(root, path.join(below, name))),
  ];
}

const filesOf = (root: string): string[] =>
  foldersOf(root).flatMap((folder) =>
    readdirSync(path.join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => path.join(folder, name)),
  );

const putting =
  (file: string, put: (at: string) => void) =>
  (root: string): void => {
    const at = path.join(root, file);
    rmSync(at, { recursive: true, force: true });
    mkdirSync(path.dirname(at), { recursive: true });
    put(at);
  };

const link = (file: string, to: string): FileChange => ({
  file,
  what: `a link to ${to}`,
  make: putting(file, (at) => {
    symlinkSync(to, at);
  }),
});
const text = (file: string, what: string, content: string): FileChange => ({
  file,
  what,
  make: putting(file, (at) => {
    writeFileSync(at, content);
  }),
});

/** A file where a folder of the name is, or below what is a file, cannot be. */
const canBe = (root: string, file: string): boolean => {
  const parts = file.split('/');
  return (
    !existsSync(path.join(root, file)) &&
    parts.every((_, at) => {
      const above = path.join(root, ...parts.slice(0, at));
      return !existsSync(above) || !filesOf(root).includes(parts.slice(0, at).join('/'));
    })
  );
};

/** Every change of files. */
export function fileChanges(root: string): FileChange[] {
  const files = filesOf(root);
  const added = foldersOf(root).flatMap((folder) =>
    NAMES.map((name) => path.join(folder, name))
      .filter((file) => canBe(root, file))
      .flatMap((file) => [
        ...TEXTS.map(([what, content]) => text(file, `added, ${what}`, content)),
        link(file, '/etc/hosts'),
      ]),
  );
  const changed = files.flatMap((file): FileChange[] => {
    const content = readFileSync(path.join(root, file), 'utf8');
    return [
      text(file, 'a byte more', `${content}x`),
      text(file, 'a byte less', content.slice(0, -2)),
      text(file, 'emptied', ''),
      link(file, '/etc/hosts'),
      {
        file,
        what: 'gone',
        make: (at) => {
          rmSync(path.join(at, file));
        },
      },
    ];
  });
  const manifest = JSON.parse(readFileSync(path.join(root, 'manifest.json'), 'utf8')) as unknown;
  const inManifest = changesOf('manifest.json', manifest).map(({ spot, what, below, make }): FileChange => ({
    ...text('manifest.json', `${spot.outer.join('/')}: ${what}`, ''),
    below: below.length === 0 ? [spot.outer] : below.map((keys) => [...spot.outer, ...keys]),
    make: (at) => {
      writeFileSync(path.join(at, 'manifest.json'), JSON.stringify(make(), undefined, 2));
    },
  }));
  return [...added, ...changed, ...inManifest];
}

/** Makes a copy of a plan what the plan is again: the change was made at one file, and at folders above it. */
function restore(root: string, copy: string, file: string): void {
  const parts = file.split('/');
  const above = parts.map((_, at) => parts.slice(0, at + 1).join('/'));
  const made = above.find((one) => !existsSync(path.join(root, one))) ?? file;
  rmSync(path.join(copy, made), { recursive: true, force: true });
  if (made === file && existsSync(path.join(root, file))) cpSync(path.join(root, file), path.join(copy, file));
}

/** A copy of a plan with one change, for as long as somebody looks at it; the copy is kept beside the plan. */
export async function changedFolder<T>(
  root: string,
  change: FileChange,
  look: (folder: string) => Promise<T>,
): Promise<T> {
  const copy = `${root}.changed`;
  if (!existsSync(copy)) cpSync(root, copy, { recursive: true });
  try {
    change.make(copy);
    return await look(copy);
  } finally {
    restore(root, copy, change.file);
  }
}
