import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buildPlan } from '../../../audit/plan/build-plan';
import { readPlanFiles } from '../../../audit/plan/read-files';
import { digestOf } from '../../../core/digest';

const CONFIG = '{"resource": {"kubernetes_config_map_v1": {"x": {"metadata": {"name": "x"}}}}}';
const manifest = (...stacks: string[]): string =>
  JSON.stringify({
    stacks: Object.fromEntries(
      stacks.map((name) => [
        name,
        { name, workingDirectory: `stacks/${name}`, synthesizedStackPath: `stacks/${name}/cdk.tf.json` },
      ]),
    ),
  });

describe('reading a plan', () => {
  let folder: string;
  const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'airlock-plan-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('takes the stacks of manifest.json, and every other file as an asset', async () => {
    await write({
      'manifest.json': manifest('b', 'a'),
      'stacks/a/cdk.tf.json': CONFIG,
      'stacks/b/cdk.tf.json': CONFIG,
      'stacks/a/assets/chart/Chart.yaml': 'name: x\n',
    });
    const files = await readPlanFiles(folder);
    expect(files.configurations.map(({ stack, file, digest }) => [stack, file, digest])).toEqual([
      ['a', 'stacks/a/cdk.tf.json', digestOf(CONFIG)],
      ['b', 'stacks/b/cdk.tf.json', digestOf(CONFIG)],
    ]);
    expect(files.assets.get('stacks/a/assets/chart/Chart.yaml')).toBe(digestOf('name: x\n'));
  });

  it('takes a bare configuration, named by its own metadata', async () => {
    await write({ 'cdk.tf.json': CONFIG.replace('{', '{"//": {"metadata": {"stackName": "alone"}}, ') });
    const { configurations } = await readPlanFiles(folder);
    expect(configurations.map(({ stack, file }) => [stack, file])).toEqual([['alone', 'cdk.tf.json']]);
  });

  it('leaves out what terraform keeps beside a configuration', async () => {
    await write({
      'cdk.tf.json': CONFIG,
      '.terraform/providers/x/cdk.tf.json': '{}',
      'terraform.tfstate': '{}',
      '.terraform.lock.hcl': '',
    });
    const files = await readPlanFiles(folder);
    expect([files.configurations.length, files.assets.size]).toEqual([1, 0]);
  });

  it('reads files of these names elsewhere: Helm renders whatever lies in a chart', async () => {
    const names = ['plan', 'terraform.x.tfstate.yaml', '.terraform.lock.hcl', '.terraform/more.yaml'];
    const files = names.map((name) => `stacks/a/assets/chart/templates/${name}`);
    await write({
      'manifest.json': manifest('a'),
      'stacks/a/cdk.tf.json': CONFIG,
      ...Object.fromEntries(files.map((file) => [file, 'kind: Pod\n'])),
    });
    expect([...(await readPlanFiles(folder)).assets.keys()].sort()).toEqual(['manifest.json', ...files].sort());
  });

  it('reports a configuration that manifest.json does not list, a further Terraform file, and a link', async () => {
    await write({
      'manifest.json': manifest('a'),
      'stacks/a/cdk.tf.json': CONFIG,
      'stacks/old/cdk.tf.json': CONFIG,
      'stacks/a/override.tf.json': '{}',
      'stacks/a/terraform.tfvars': 'x = 1\n',
      'stacks/a/terraform.tfstate.tf': '',
      'stacks/a/terraform.tfstate.backup': '{}',
    });
    await symlink('/etc', path.join(folder, 'stacks/a/assets'));
    const { oddities } = buildPlan(await readPlanFiles(folder));
    expect(oddities.map(({ kind, subject }) => [kind, subject])).toEqual([
      ['opaque', 'stacks/old/cdk.tf.json'],
      ['opaque', 'stacks/a/override.tf.json'],
      ['opaque', 'stacks/a/terraform.tfstate.tf'],
      ['opaque', 'stacks/a/terraform.tfvars'],
      ['opaque', 'stacks/a/assets'],
    ]);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['a stack that is missing', { 'manifest.json': manifest('a') }, /lists stack "a", but .* is missing/],
    ['no configuration', { 'README.md': '' }, /there is no cdk.tf.json/],
    ['a manifest without stacks', { 'manifest.json': '{}' }, /lists no stacks/],
    ['a manifest whose list of stacks is null', { 'manifest.json': '{"stacks":null}' }, /lists no stacks/],
    [
      'a stack that runs elsewhere',
      {
        'manifest.json': manifest('a').replace('"stacks/a"', '"../elsewhere"'),
        'stacks/a/cdk.tf.json': CONFIG,
      },
      /lets stack "a" run in another folder/,
    ],
    [
      'a stack of which nobody knows where it runs',
      { 'manifest.json': manifest('a').replace('"workingDirectory":"stacks/a",', ''), 'stacks/a/cdk.tf.json': CONFIG },
      /does not say in which folder stack "a" runs/,
    ],
    [
      'a manifest that says what nobody knows',
      { 'manifest.json': manifest('a').replace('"name"', '"hooks":"x","name"'), 'stacks/a/cdk.tf.json': CONFIG },
      /nobody knows what stacks\.a\.hooks does/,
    ],
    [
      'a stack that waits for one that is not there',
      {
        'manifest.json': manifest('a').replace('"name"', '"dependencies":["b"],"name"'),
        'stacks/a/cdk.tf.json': CONFIG,
      },
      /lets a stack wait for "b", which it does not list/,
    ],
    ['a broken manifest', { 'manifest.json': '{' }, /manifest.json cannot be read as JSON/],
    ['a broken configuration', { 'cdk.tf.json': '{"resource": ' }, /cdk.tf.json cannot be read as JSON/],
    ['more levels than any plan has', { 'cdk.tf.json': `${'['.repeat(9000)}${']'.repeat(9000)}` }, /levels deep/],
    ['a key twice', { 'cdk.tf.json': '{"resource": {}, "resource": {}}' }, /"resource" stands twice/],
  ])('refuses %s as broken input', async (_, files, message) => {
    await write(files);
    await expect(readPlanFiles(folder)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(message) as string,
    });
  });

  it('refuses a folder that does not exist', async () => {
    await expect(readPlanFiles(path.join(folder, 'none'))).rejects.toMatchObject({ kind: 'input' });
  });

  it.each<[string, string, RegExp]>([
    ['an empty plan', '{}', /no resources/],
    ['a list', '[]', /root is no object/],
    ['a resource twice', '{"resource": [{"a": {"x": {}}}, {"a": {"x": {}}}]}', /a\.x twice/],
  ])('refuses %s', async (_, text, message) => {
    await write({ 'cdk.tf.json': text });
    const files = await readPlanFiles(folder);
    expect(() => buildPlan(files)).toThrow(message);
  });
});
