import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { providersFrom } from '../../../blueprint/terraform';
import { cliConfigurationDigest } from '../../../audit/files/cli-configuration';
import { readLeftFiles } from '../../../audit/files/read-left-files';
import { readPlanFiles } from '../../../audit/plan/read-files';
import { digestOf } from '../../../core/digest';
import { cliConfiguration } from '../../../stacks/terraform-files';
import { Draft, leftText } from '../plans/draft';

const STACK = 'stacks/serving';

const failures = (draft: Draft): string[] =>
  draft
    .allFindings()
    .filter(({ verdict }) => verdict === 'VIOLATED' || verdict === 'UNPROVEN')
    .map(({ rule, check, subject }) => `${rule}[${check ?? ''}] ${subject}`);

const withAsset = (file: string, text = 'x'): Draft => {
  const draft = new Draft();
  draft.assets.set(file, digestOf(text));
  return draft;
};
const withLeft = (file: string, text: string): Draft => {
  const draft = new Draft();
  draft.left.set(file, leftText(text));
  return draft;
};

describe('a file below the plan’s folder', () => {
  it.each([
    ...[
      'plan',
      'tfplan',
      'kubeconfig',
      'x.sh',
      'x.json',
      'x.yaml',
      'x.json.tpl',
      '.terraformrc',
      'terraform.rc',
      'x.tfrc',
    ],
    ...[
      'EVIL.TF.JSON',
      'Override.TF',
      'x.tftest.hcl',
      'errored.tfstate',
      '.env',
      '.tofurc',
      'crash.log',
      'id_rsa',
      'README.sh',
    ],
  ])('is unproven where nobody knows what reads it: %s', (name) => {
    for (const folder of [
      '',
      'stacks/',
      `${STACK}/`,
      `${STACK}/assets/`,
      `${STACK}/assets/plugins/x/`,
      '.terraform/',
    ]) {
      expect(failures(withAsset(`${folder}${name}`))).toEqual([`AIR-PLAN-1[file] ${folder}${name}`]);
    }
  });

  it.each(['x.tf', 'x.tf.json', 'x.tofu', 'x.auto.tfvars', 'terraform.tfvars', 'x.auto.tfvars.json'])(
    'makes everything unproven where Terraform reads it: %s',
    (name) => {
      const draft = withAsset(`${STACK}/${name}`);
      const undecided = draft.allFindings().flatMap(({ folds = [] }) => folds.map(({ rule }) => rule));
      expect(new Set(undecided).size).toBeGreaterThan(15);
      expect(failures(withAsset(`${STACK}/assets/${name}`))).toEqual([`AIR-PLAN-1[file] ${STACK}/assets/${name}`]);
    },
  );

  it.each(['manifest.json', 'README.md', `${STACK}/notes.txt`, `${STACK}/LICENSE`])('may be %s', (file) => {
    expect(failures(withAsset(file))).toEqual([]);
  });

  it.each([
    'plan',
    '.terraform.tfstate.lock.info',
    '.terraform/plugin_path',
    '.terraform/chart/Chart.yaml',
    '.terraform/x',
  ])('is unproven where Terraform left it and the audit does not know it: %s', (name) =>
    expect(failures(withLeft(`${STACK}/${name}`, '{}'))).toEqual([`AIR-PLAN-1[file] ${STACK}/${name}`]),
  );
});

describe('saved state', () => {
  const EMPTY = JSON.stringify({
    version: 4,
    serial: 1,
    lineage: 'x',
    outputs: {},
    resources: [],
    check_results: null,
  });

  it.each([`${STACK}/terraform.tfstate`, `${STACK}/terraform.serving.tfstate`, `${STACK}/terraform.tfstate.backup`])(
    'may hold nothing: %s',
    (file) => {
      expect([failures(withLeft(file, '{}')), failures(withLeft(file, EMPTY))]).toEqual([[], []]);
      const held = [
        '{"resources":[{}]}',
        '{"outputs":{"a":{"value":"b"}}}',
        '{"modules":[{}]}',
        '[]',
        'x',
        '{"backend":{}}',
      ];
      expect(held.map((text) => failures(withLeft(file, text)))).toEqual(held.map(() => [`AIR-PLAN-1[file] ${file}`]));
    },
  );
});

describe('modules that were installed', () => {
  const FILE = `${STACK}/.terraform/modules/modules.json`;
  it('are none', () => {
    expect(failures(withLeft(FILE, '{"Modules":[{"Key":"","Source":"","Dir":"."}]}'))).toEqual([]);
    expect(failures(withLeft(FILE, '{"Modules":[{"Key":"x","Source":"x","Dir":"x"}]}'))).toHaveLength(1);
    expect(failures(withLeft(`${STACK}/.terraform/modules/x/main.tf`, ''))).toHaveLength(1);
  });
});

describe('the CLI configuration', () => {
  const ENCLAVES = [
    { registry: 'registry.nordlicht.internal:5443' },
    { registry: 'r.example', providers: { mirror: 'https://mirror.example/terraform/' } },
    { registry: 'r.example', providers: { directory: '/srv/providers' } },
  ];

  it.each(ENCLAVES)('is the text that the kit writes for %j', (enclave) => {
    expect(cliConfigurationDigest(enclave)).toBe(digestOf(cliConfiguration({ providersFrom: providersFrom(enclave) })));
  });

  it.each([
    ['overrides for developers', '  dev_overrides {\n    "hashicorp/helm" = "/tmp"\n  }\n'],
    ['downloads', '  direct {}\n'],
    ['a further mirror', '  filesystem_mirror {\n    path = "/tmp"\n  }\n'],
  ])('may hold no %s', (_, more) => {
    const text = cliConfiguration({ providersFrom: providersFrom(new Draft().enclave) });
    expect(failures(withAsset('terraform.tfrc', text))).toEqual([]);
    const changed = text.replace('provider_installation {\n', `provider_installation {\n${more}`);
    expect(failures(withAsset('terraform.tfrc', changed))).toEqual(['AIR-LOCK-2[cli-configuration] terraform.tfrc']);
  });

  it.each(['plugin_cache_dir = "/tmp"\n', 'credentials "x" {\n  token = "y"\n}\n', 'host "x" {}\n', ' '])(
    'may not go on with %j',
    (more) => {
      const text = `${cliConfiguration({ providersFrom: providersFrom(new Draft().enclave) })}${more}`;
      expect(failures(withAsset('terraform.tfrc', text))).toEqual(['AIR-LOCK-2[cli-configuration] terraform.tfrc']);
    },
  );
});

describe('what Terraform left', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'airlock-left-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is read with its text where it is short, as a digest where it is long, and never through a link', async () => {
    const at = (file: string): string => path.join(folder, file);
    await mkdir(at('.terraform/providers/x'), { recursive: true });
    await writeFile(at('cdk.tf.json'), '{"resource":{"kubernetes_config_map_v1":{"x":{}}}}');
    await writeFile(at('.terraform/environment'), 'default');
    await writeFile(at('.terraform.lock.hcl'), '# none\n');
    await writeFile(at('.terraform/providers/x/long'), Buffer.alloc(1 << 20));
    await symlink('/etc/hostname', at('.terraform/link'));
    const files = await readPlanFiles(folder);
    expect([...files.assets.keys(), ...files.strange]).toEqual([]);
    expect(Object.fromEntries(await readLeftFiles(folder, files))).toEqual({
      '.terraform.lock.hcl': leftText('# none\n'),
      '.terraform/environment': leftText('default'),
      '.terraform/link': 'link',
      '.terraform/providers/x/long': { digest: digestOf(Buffer.alloc(1 << 20)) },
    });
  });
});
