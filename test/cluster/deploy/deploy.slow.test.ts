import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { audit } from '../../../audit/audit';
import { history } from '../../../cluster/deployments/archive';
import { planDigest } from '../../../cluster/deployments/plan-tree';
import { isIrregular, keptResults } from '../../../cluster/deploy/result';
import { AirlockError } from '../../../core/errors';
import { formatSigned, partsOf, SignedPayload } from '../../../offline-bundle/trust/signed-payload';
import { copyOf, deployed, makeWorld, NOW, removeWorld, signedBy, type World } from './world';

const STACKS = ['platform', 'guardrails', 'mirror', 'serving'];

let signed: World;
beforeAll(async () => {
  signed = makeWorld();
  await signedBy(signed, signed.ada);
  await signedBy(signed, signed.ben);
});
afterAll(() => removeWorld(signed));

let world: World;
beforeEach(() => {
  world = copyOf(signed);
});
afterEach(() => removeWorld(world));

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();

const left = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('airlock-private-'));

/** Changes the middle byte of a file. */
function changeByte(file: string): void {
  const bytes = readFileSync(file);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

/** Where a program starts is noted; a copy of the world keeps the first world's note. */
const started = (): ReturnType<World['started']> => signed.started();
beforeEach(() => rmSync(path.join(signed.folder, 'calls'), { force: true }));

async function refusal(more: Parameters<typeof deployed>[1] = {}): Promise<AirlockError> {
  try {
    await deployed(world, more);
  } catch (error) {
    if (error instanceof AirlockError) return error;
    throw error;
  }
  throw new Error('it was deployed');
}

describe('a plan that two reviewers signed', () => {
  it('is applied stack by stack, each as it was planned', async () => {
    const done = await deployed(world);
    expect(done.stacks.map(({ stack, outcome }) => `${stack} ${outcome}`)).toEqual(
      STACKS.map((one) => `${one} applied`),
    );
    expect(started().map(({ stack, args }) => `${stack} ${args[0] ?? ''}`)).toEqual(
      STACKS.flatMap((stack) => ['init', 'plan', 'show', 'apply'].map((what) => `${stack} ${what}`)),
    );
    for (const { args } of started().filter(({ args: [what] }) => what === 'init'))
      expect(args).toContain('-lockfile=readonly');
    expect(await history(path.join(world.folder, 'deployments'))).toEqual([await planDigest(world.files.plan)]);
    expect(left()).toEqual([]);
  });

  it('is recorded by a statement that the deployer signed, with what it rests on', async () => {
    const { result = '' } = await deployed(world);
    const parts = partsOf(readFileSync(path.join(result, 'deployment.sigstore.json')), 1 << 22);
    const payload = parts && new SignedPayload(parts).verified(world.deployer.trusted.publicKey);
    const { predicate, subject } = JSON.parse(payload?.toString() ?? '') as {
      readonly predicate: Record<string, unknown>;
      readonly subject: readonly { readonly name: string }[];
    };
    expect(predicate).toMatchObject({ site: 'edge-cpu', deployedAt: '2026-11-30T12:00:00Z', emergency: null });
    expect(subject.map(({ name }) => name)).toEqual(filesBelow(world.files.plan));
    expect(filesBelow(result)).toEqual(
      [
        ...['airlock.lock.json', 'deployment.sigstore.json', 'enclave.yaml', 'site.yaml', 'waivers.yaml'],
        ...[world.ada, world.ben].map(({ trusted }) => `approvals/${trusted.id}.approval.sigstore.json`),
      ].sort(),
    );
    expect(isIrregular(await keptResults(path.join(world.folder, 'deployments')))).toBe(false);
  });

  it('is planned and not applied where nobody signs for it', async () => {
    const done = await deployed(world, { signer: undefined as never });
    expect(done.stacks.map(({ outcome }) => outcome)).toEqual(STACKS.map(() => 'planned'));
    expect(started().some(({ args }) => args[0] === 'apply')).toBe(false);
    expect(existsSync(path.join(world.folder, 'deployments'))).toBe(false);
  });

  it('runs with an environment of listed variables, and a home that holds nothing', async () => {
    const hostile = {
      ...{ TF_REATTACH_PROVIDERS: '{}', TF_CLI_ARGS: '-destroy', TF_CLI_ARGS_plan: '-destroy', TF_WORKSPACE: 'x' },
      ...{
        TF_PLUGIN_CACHE_DIR: '/x',
        TF_DATA_DIR: '/x',
        TF_VAR_anything: 'x',
        KUBE_HOST: 'https://x',
        KUBE_TOKEN: 'x',
      },
      ...{ HTTPS_PROXY: 'http://x', AIRLOCK_PASS_ENV: 'TF_CLI_ARGS', HELM_DRIVER: 'memory', LD_PRELOAD: '/x' },
    };
    const before = { ...process.env };
    Object.assign(process.env, hostile);
    try {
      await deployed(world);
    } finally {
      for (const name of Object.keys(hostile)) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, before);
    }
    for (const { env } of started()) {
      expect(Object.keys(env).filter((name) => name in hostile)).toEqual([]);
      expect(env['HOME']).not.toBe(before['HOME']);
      expect(env['TF_CLI_CONFIG_FILE']).toMatch(/\/airlock-private-\w+\/plan\/.*\/cdktf\.out\/terraform\.tfrc$/);
    }
  });

  it('goes on with the same command where Terraform failed, and says where it stopped', async () => {
    writeFileSync(path.join(signed.folder, 'calls.fail-mirror'), '');
    const error = await refusal();
    rmSync(path.join(signed.folder, 'calls.fail-mirror'));
    expect(error.code).toBe('TERRAFORM_FAILED');
    expect(error.items.at(-1)).toBe('applied: platform, guardrails; failed: mirror; not begun: serving');
    const archive = path.join(world.folder, 'deployments');
    expect((await keptResults(archive)).results.map(({ whole }) => whole)).toEqual([false]);
    expect(await history(archive)).toEqual([]);
    await deployed(world);
    expect((await keptResults(archive)).results.map(({ whole }) => whole)).toEqual([false, true]);
  });
});

describe('after the signatures, before anything is started, airlock deploy refuses', () => {
  const changes: [string, (world: World) => void][] = [];
  const files = ['site.yaml', 'enclave.yaml', 'airlock.lock.json', 'waivers.yaml'];
  for (const name of files) {
    changes.push([
      `a byte more at the end of ${name}`,
      ({ folder }) => writeFileSync(path.join(folder, name), `${readFileSync(path.join(folder, name), 'utf8')}\n`),
    ]);
  }
  // The audit says nothing of these: the plan still means the same.
  for (const stack of STACKS) {
    const name = `stacks/${stack}/cdk.tf.json`;
    changes.push([
      `a space more in ${name}`,
      ({ files: { plan } }) => writeFileSync(path.join(plan, name), `${readFileSync(path.join(plan, name), 'utf8')} `),
    ]);
  }
  for (const folder of ['', 'stacks', ...STACKS.map((stack) => `stacks/${stack}`)]) {
    for (const name of ['new.tf', 'override.tf.json', 'terraform.tfvars', 'notes.txt', '.terraform/environment'])
      changes.push([
        `a new file ${path.join(folder, name)}`,
        ({ files: { plan } }) => {
          mkdirSync(path.dirname(path.join(plan, folder, name)), { recursive: true });
          writeFileSync(path.join(plan, folder, name), '{}');
        },
      ]);
  }
  const template = makeWorld();
  for (const name of filesBelow(template.files.plan)) {
    changes.push([`another byte in ${name}`, ({ files: { plan } }) => changeByte(path.join(plan, name))]);
    changes.push([`no ${name}`, ({ files: { plan } }) => rmSync(path.join(plan, name))]);
  }
  removeWorld(template);
  changes.push([
    'a planted provider',
    ({ files: { plan }, folder }) => {
      const place = path.join(
        plan,
        'stacks/serving/.terraform/providers/registry.terraform.io/hashicorp/helm/3.1.1/linux_amd64',
      );
      mkdirSync(place, { recursive: true });
      writeFileSync(path.join(place, 'terraform-provider-helm_v3.1.1'), `#!/bin/sh\ntouch ${folder}/canary\n`, {
        mode: 0o755,
      });
    },
  ]);
  changes.push([
    'a file under another name',
    ({ files: { plan } }) => renameSync(path.join(plan, 'terraform.tfrc'), path.join(plan, 'terraform.rc')),
  ]);
  changes.push(['a link in the plan', ({ files: { plan } }) => symlinkSync('/etc/hostname', path.join(plan, 'link'))]);
  for (const name of ['terraform', 'kubeconfig'])
    changes.push([`another byte in ${name}`, ({ folder }) => changeByte(path.join(folder, name))]);
  changes.push([
    'another cluster',
    ({ folder }) => writeFileSync(path.join(folder, 'kubectl'), `#!/bin/sh\necho '{"metadata":{"uid":"0"}}'\n`),
  ]);
  for (const at of ['ada', 'ben'] as const) {
    const file = ({ folder, [at]: { trusted } }: World): string =>
      path.join(folder, 'approvals', `${trusted.id}.approval.sigstore.json`);
    changes.push([`another byte in what ${at} signed`, (one) => changeByte(file(one))]);
    changes.push([`no signature of ${at}`, (one) => rmSync(file(one))]);
  }
  changes.push([
    'one signature under both names',
    ({ folder, ada, ben }) => {
      const name = (id: string): string => path.join(folder, 'approvals', `${id}.approval.sigstore.json`);
      writeFileSync(name(ben.trusted.id), readFileSync(name(ada.trusted.id)));
    },
  ]);

  it('at least forty of them', () => expect(changes.length).toBeGreaterThanOrEqual(40));

  it.each(changes)('%s', async (_, change) => {
    change(world);
    const error = await refusal();
    expect({ kind: error.kind, started: started() }).toMatchObject({
      kind: expect.stringMatching(/^(?:check|input)$/) as string,
      started: [],
    });
    expect(existsSync(path.join(world.folder, 'canary'))).toBe(false);
    expect(existsSync(path.join(world.folder, 'deployments'))).toBe(false);
    expect(left()).toEqual([]);
  });
});

describe('signatures', () => {
  const day = 24 * 60 * 60 * 1000;
  const later = (days: number): Date => new Date(NOW.getTime() + days * day);

  it.each([
    ['expired', { now: later(31) }, /expired/],
    ['made in the future', { now: later(-1) }, /future/],
    ['made by another Airlock', { version: '0.2.0' }, /Airlock 0\.1\.0 judged the plan, this is 0\.2\.0/],
  ])('count for nothing once they are %s', async (_, more, why) => {
    const error = await refusal(more);
    expect({ code: error.code, message: error.message }).toEqual({
      code: 'APPROVAL_MISSING',
      message: expect.stringMatching(why) as string,
    });
  });

  it('count only of keys that were given', async () => {
    expect((await refusal({ trusted: [world.ada.trusted] })).code).toBe('APPROVAL_KEYS_MISSING');
  });

  it('are not made for more days than the enclave allows, nor by a key that it does not name', async () => {
    await expect(signedBy(world, world.ada, { days: 31 })).rejects.toMatchObject({ code: 'USAGE_INVALID_VALUE' });
    await expect(signedBy(world, world.deployer)).rejects.toMatchObject({ code: 'APPROVAL_KEY_UNNAMED' });
  });

  it('are not made for a plan that the audit does not pass', async () => {
    writeFileSync(path.join(world.files.plan, 'stacks/serving/more.tf'), '# nobody reads this\n');
    await expect(signedBy(world, world.ada)).rejects.toMatchObject({ code: 'APPROVAL_REFUSED' });
  });

  it('name the digest of the report that `airlock audit --json --as-of` prints', async () => {
    const { statement } = await signedBy(world, world.ada);
    const day = '2026-11-30';
    const printed = `${JSON.stringify(await audit({ ...world.files, asOf: day, today: day }), null, 2)}\n`;
    expect(statement.report).toBe(`sha256:${createHash('sha256').update(printed).digest('hex')}`);
    expect(statement).toMatchObject({ gate: 'pass', emergency: null, airlock: '0.1.0' });
    expect(Object.keys(statement.plan)).toEqual(filesBelow(world.files.plan));
  });
});

describe('an emergency', () => {
  beforeEach(() => writeFileSync(path.join(world.files.plan, 'stacks/serving/more.tf'), '# nobody reads this\n'));

  it('needs two named keys with a reason, and stays red until something approved was deployed', async () => {
    await signedBy(world, world.ada, { emergency: 'the gateway answers nobody' });
    expect((await refusal({ emergency: true })).code).toBe('APPROVAL_MISSING');
    await signedBy(world, world.ben, { emergency: 'the gateway answers nobody' });
    expect((await refusal()).code).toBe('DEPLOY_AUDIT_FAILED');
    await deployed(world, { emergency: true });
    const archive = path.join(world.folder, 'deployments');
    expect(isIrregular(await keptResults(archive))).toBe(true);
    rmSync(path.join(world.files.plan, 'stacks/serving/more.tf'));
    await signedBy(world, world.ada);
    await signedBy(world, world.ben);
    await deployed(world);
    expect(isIrregular(await keptResults(archive))).toBe(false);
  });
});

describe('whoever may write beside the deployer', () => {
  it.each(['site.yaml', 'enclave.yaml', 'airlock.lock.json', 'waivers.yaml'])(
    'changes nothing by a link in the place of %s: it is read once, and what it leads to stays as it is',
    async (name) => {
      const [file, target] = [path.join(world.folder, name), path.join(world.folder, `${name}.target`)];
      renameSync(file, target);
      symlinkSync(target, file);
      const before = lstatSync(target).mode;
      let copied = '';
      await deployed(world, {
        log: () => {
          // From the first word on, everything has been read.
          if (copied === '') writeFileSync(target, (copied = 'changed'));
        },
      });
      expect(readFileSync(target, 'utf8')).toBe('changed');
      expect(lstatSync(target).mode).toBe(before);
    },
  );

  it.each<[string, (approvals: string) => unknown]>([
    ['a pipe', (approvals) => execFileSync('mkfifo', [path.join(approvals, 'x')])],
    ['a folder', (approvals) => mkdirSync(path.join(approvals, 'x'))],
    ['a link to nothing', (approvals) => symlinkSync('/nowhere', path.join(approvals, 'x'))],
    ['a file that never ends', (approvals) => symlinkSync('/dev/zero', path.join(approvals, 'x'))],
  ])('stops nothing by %s among the approvals', async (_, plant) => {
    plant(path.join(world.folder, 'approvals'));
    const { verdict } = await deployed(world);
    expect(verdict.refused).toEqual([{ file: 'x', why: 'it is no approval in its one form' }]);
  });

  it('does not get anything written through a link in the place of a signature', async () => {
    const precious = path.join(world.folder, 'precious');
    writeFileSync(precious, 'precious');
    const file = path.join(world.folder, 'approvals', `${world.ada.trusted.id}.approval.sigstore.json`);
    rmSync(file);
    symlinkSync(precious, file);
    symlinkSync(precious, `${file}.partial`);
    await signedBy(world, world.ada);
    expect(readFileSync(precious, 'utf8')).toBe('precious');
    expect(lstatSync(file).isFile()).toBe(true);
  });
});

describe('a result that cannot be kept', () => {
  it.each<[string, (world: World) => Parameters<typeof deployed>[1]]>([
    [
      'since the archive is a file',
      ({ folder }) => {
        writeFileSync(path.join(folder, 'deployments'), '');
        return {};
      },
    ],
    [
      'since its history is damaged',
      ({ folder }) => {
        mkdirSync(path.join(folder, 'deployments'));
        writeFileSync(path.join(folder, 'deployments/history.json'), '{');
        return {};
      },
    ],
    [
      'since the deployer cannot sign',
      ({ deployer }) => ({ signer: { ...deployer.signer, sign: () => Promise.reject(new Error('the card is out')) } }),
    ],
  ])('%s stops a deployment before anything is applied', async (_, prepare) => {
    await expect(deployed(world, prepare(world))).rejects.toThrow();
    expect(started().filter(({ args: [what] }) => what === 'apply')).toEqual([]);
  });
});

describe('the list of results', () => {
  const archive = (): string => path.join(world.folder, 'deployments');
  const result = (name: string): string => path.join(archive(), 'results', name, 'deployment.sigstore.json');
  const irregular = async (): Promise<boolean> => isIrregular(await keptResults(archive(), [world.deployer.trusted]));
  beforeEach(async () => {
    for (let times = 0; times < 3; times += 1) await deployed(world);
    expect(await irregular()).toBe(false);
  });

  it.each([
    'null',
    '{}',
    '{"predicate":null}',
    ...['null', '[]', '[null]', '{}', '"x"', '[{}]'].map(
      (stacks) => `{"predicate":{"emergency":null,"approvals":${stacks},"stacks":${stacks}}}`,
    ),
  ])('is red, and never an exception, where one of them says %s', async (said) => {
    for (const name of ['000001', '000002', '000003']) {
      const before = readFileSync(result(name));
      writeFileSync(
        result(name),
        formatSigned({ keyId: world.deployer.trusted.id, payload: Buffer.from(said), signature: Buffer.from('x') }),
      );
      expect(await irregular()).toBe(true);
      writeFileSync(result(name), before);
    }
  });

  it.each([
    ['is removed', (name: string) => rmSync(path.join(archive(), 'results', name), { recursive: true })],
    ['is another', (name: string) => writeFileSync(result(name), readFileSync(result('000003')))],
    ['is from a stranger', (name: string) => writeFileSync(result(name), 'x')],
  ])('is red where one before the last %s', async (_, change) => {
    change('000002');
    expect(await irregular()).toBe(true);
  });

  it('is red where a number was left out to hide what comes after', async () => {
    renameSync(path.join(archive(), 'results/000003'), path.join(archive(), 'results/999999'));
    expect(await irregular()).toBe(true);
  });
});

it('does not let a program that cannot be started look like a deployment', async () => {
  chmodSync(path.join(world.folder, 'kubectl'), 0o600);
  expect((await refusal()).kind).toMatch(/environment|input/);
  expect(started()).toEqual([]);
});
