import type { EnclaveState } from '../../../site/generated/enclave';
import { StateBackend } from '../../../stacks/state-backend';
import { Testing, TerraformStack } from 'cdktf';
import { cleanPlan } from '../plans/clean-plan';
import { Draft, draftPointer, expectProven, leftText, testRule } from '../plans/draft';
import { providerArguments } from '../terraform/bindings';

const RULE = 'AIR-PLAN-3';
const KUBERNETES = '/provider/kubernetes/0';
const HELM = '/provider/helm/0';
const BACKEND = '/terraform/backend';

const fails = (draft: Draft, rule: string): boolean =>
  draft.findings(rule).some(({ verdict }) => verdict === 'VIOLATED' || verdict === 'UNPROVEN');

describe('the arguments of a provider block', () => {
  const HARMLESS = ['burst_limit', 'debug', 'qps'];
  const places = [
    ...providerArguments('kubernetes').map((name) => `${KUBERNETES}/${name}`),
    ...providerArguments('helm').map((name) => `${HELM}/${name}`),
    ...providerArguments('helm', 'helmProviderKubernetes').map((name) => `${HELM}/kubernetes/${name}`),
  ];

  it('are those of the bindings', () => {
    expect(places.length).toBe(48);
    expect(places).toEqual(expect.arrayContaining([`${KUBERNETES}/exec`, `${HELM}/kubernetes/proxy_url`]));
  });

  it.each(places.filter((place) => !HARMLESS.includes(place.split('/').at(-1)!)))(
    'say too much with %s, whatever its value',
    (place) => {
      for (const value of ['x', ['x'], { x: 'x' }, [{ x: 'x' }], true, '${var.cluster_name}', '${file("x")}']) {
        const draft = new Draft().put(place, value);
        expect({ value, fails: fails(draft, RULE) || fails(draft, 'AIR-PLAN-2') }).toEqual({ value, fails: true });
      }
    },
  );

  it.each(HARMLESS)('may set %s', (name) => expectProven(new Draft().put(`${HELM}/${name}`, 1), RULE));

  it.each(['constructor', '__proto__x', 'toString', 'hasOwnProperty', 'anything'])('are unknown as %s', (name) => {
    expect(fails(new Draft().put(`${KUBERNETES}/${name}`, 'x'), RULE)).toBe(true);
  });

  testRule(RULE, [
    {
      name: 'an API server that the enclave does not declare',
      twin: (draft) => {
        draft.enclave.network.apiServers = { cidrs: ['10.20.0.11/32'] };
        draft
          .put(`${KUBERNETES}/host`, 'https://10.20.0.11:6443')
          .put(`${HELM}/kubernetes/host`, 'https://10.20.0.11:6443');
      },
      fault: (draft) =>
        draft
          .put(`${KUBERNETES}/host`, 'https://10.20.0.12:6443')
          .put(`${HELM}/kubernetes/host`, 'https://10.20.0.12:6443'),
      check: 'host',
      at: `${KUBERNETES}/host`,
    },
    {
      name: 'an API server without TLS',
      twin: (draft) => void (draft.enclave.network.apiServers = { cidrs: ['10.20.0.11/32'] }),
      fault: (draft) =>
        draft.put(`${KUBERNETES}/host`, 'http://10.20.0.11').put(`${HELM}/kubernetes/host`, 'http://10.20.0.11'),
      check: 'host',
      at: `${KUBERNETES}/host`,
    },
    {
      name: 'a certificate that nobody checks',
      twin: (draft) => draft.put(`${KUBERNETES}/insecure`, false),
      fault: (draft) => draft.put(`${KUBERNETES}/insecure`, true),
      check: 'insecure',
      at: `${KUBERNETES}/insecure`,
    },
    {
      name: 'a proxy',
      fault: (draft) => draft.put(`${KUBERNETES}/proxy_url`, 'http://10.20.5.20:3128'),
      check: 'proxy',
      at: `${KUBERNETES}/proxy_url`,
    },
    {
      name: 'labels that the provider overlooks',
      twin: (draft) => draft.put(`${KUBERNETES}/ignore_labels`, []),
      fault: (draft) => draft.put(`${KUBERNETES}/ignore_labels`, ['^pod-security']),
      check: 'ignored',
      at: `${KUBERNETES}/ignore_labels`,
    },
    {
      name: 'annotations that the distribution does not write',
      twin: (draft) => {
        draft.site.cluster.distribution = 'openshift';
        draft.put(`${KUBERNETES}/ignore_annotations`, ['^(security\\.)?openshift\\.io/']);
      },
      fault: (draft) => draft.put(`${KUBERNETES}/ignore_annotations/-`, '.*'),
      check: 'ignored',
      at: `${KUBERNETES}/ignore_annotations/1`,
    },
    {
      name: 'a second configuration',
      fault: (draft) => draft.put('/provider/kubernetes/-', { alias: 'other', config_path: '~/.kube/config' }),
      check: 'alias',
      at: '/provider/kubernetes/1/alias',
    },
    {
      name: 'a provider of another name',
      fault: (draft) => draft.put('/provider/other', [{ config_path: '~/.kube/config' }]),
      check: 'provider',
      at: '/provider/other/0',
      verdict: 'UNPROVEN',
    },
  ]);
});

describe('the kubeconfig file', () => {
  const both = (draft: Draft, key: string, value: unknown): Draft =>
    draft.put(`${KUBERNETES}/${key}`, value).put(`${HELM}/kubernetes/${key}`, value);

  it('may be named by a variable, with a known default or none', () => {
    const draft = both(both(new Draft(), 'config_path', '${var.file}'), 'config_context', '${var.context}');
    draft.put('/variable/file', { type: 'string' }).put('/variable/context', { default: null });
    expectProven(draft, RULE);
    expectProven(draft.put('/variable/file/default', '/etc/rancher/rke2/rke2.yaml'), RULE);
  });

  it.each([
    ['the plan’s own', './assets/kubeconfig', 'VIOLATED'],
    ['a file of the stack above', '../kubeconfig', 'VIOLATED'],
    ['one that nobody knows', '/tmp/kubeconfig', 'UNPROVEN'],
    ['a known one by a detour', '/etc/kubernetes/../../tmp/admin.conf', 'UNPROVEN'],
  ])('may not be %s, neither directly nor as a default', (_, file, verdict) => {
    const direct = both(new Draft(), 'config_path', file);
    const byDefault = both(new Draft(), 'config_path', '${var.file}').put('/variable/file/default', file);
    expect(direct.findings(RULE).some((finding) => finding.verdict === verdict)).toBe(true);
    expect(
      byDefault
        .findings(RULE)
        .filter((finding) => finding.verdict === verdict)
        .map(draftPointer),
    ).toContain('/variable/file/default');
  });

  it.each([
    ['another file', { config_path: '/etc/kubernetes/admin.conf' }],
    ['another context', { config_path: '~/.kube/config', config_context: 'other' }],
    ['the environment’s file', {}],
  ])('is one for all providers: %s in one of them leaves it open where that leads', (_, kubernetes) => {
    const draft = new Draft().put(`${HELM}/kubernetes`, kubernetes);
    expect(draft.findings(RULE)).toContainEqual(
      expect.objectContaining({ verdict: 'UNPROVEN', check: 'cluster', subject: 'stack serving provider helm' }),
    );
  });

  it('is one for all stacks, those without a provider block among them', () => {
    const rest: Record<string, unknown> = { ...cleanPlan(), provider: undefined };
    const draft = new Draft().addStack('other', { ...rest, terraform: { backend: { local: { path: 'x.tfstate' } } } });
    expect(
      draft
        .findings(RULE)
        .filter(({ check }) => check === 'cluster')
        .map(({ subject }) => subject),
    ).toEqual(['stack other provider kubernetes', 'stack other provider helm']);
  });
});

describe('the state of a stack', () => {
  /** The backend block that the kit itself writes. */
  const written = (state: EnclaveState): object => {
    const stack = new TerraformStack(Testing.app(), 'serving');
    new StateBackend(stack, state);
    return (JSON.parse(Testing.synth(stack)) as { terraform: { backend: object } }).terraform.backend;
  };
  const with_ = (state: EnclaveState | undefined, backend: object | undefined): Draft => {
    const draft = new Draft();
    if (state !== undefined) draft.enclave.state = state;
    return backend === undefined ? draft : draft.put(BACKEND, backend);
  };
  const STATES: readonly EnclaveState[] = [
    { backend: 'local' },
    { backend: 'local', directory: '/srv/state' },
    { backend: 'local', directory: '../../../state/' },
    { backend: 'kubernetes' },
    { backend: 'kubernetes', namespace: 'states' },
    { backend: 'http', address: 'https://state.nordlicht.internal/airlock' },
    { backend: 'pg' },
    { backend: 'pg', schema: 'kit' },
  ];

  it.each(STATES.map((state) => [JSON.stringify(state), state] as const))(
    'is kept as the enclave says: %s',
    (_, state) => {
      expectProven(with_(state, written(state)), RULE);
    },
  );

  it.each(STATES.map((state) => [JSON.stringify(state), state] as const))(
    'is kept nowhere else than in %s',
    (_, state) => {
      const others: (object | undefined)[] = [
        ...STATES.filter(({ backend }) => backend !== state.backend).map(written),
        { s3: { bucket: 'x', endpoint: 'https://203.0.113.9' } },
        { remote: { hostname: 'app.terraform.io', organization: 'x' } },
        ...(state.backend === 'local' && state.directory === undefined ? [] : [undefined]),
      ];
      expect(others.filter((backend) => !fails(with_(state, backend), RULE))).toEqual([]);
    },
  );

  it.each<[string, EnclaveState, object]>([
    [
      'another folder',
      { backend: 'local', directory: '/srv/state' },
      { local: { path: '/srv/other/serving.tfstate' } },
    ],
    [
      'a folder by a detour',
      { backend: 'local', directory: '/srv/state' },
      { local: { path: '/srv/state/../x.tfstate' } },
    ],
    ...[
      'notes.txt',
      '../../README.md',
      'LICENSE',
      '.terraform/providers/x.tfstate',
      './.terraform/terraform.tfstate',
    ].map((path): [string, EnclaveState, object] => [
      `a file of another kind, ${path}`,
      { backend: 'local' },
      { local: { path } },
    ]),
    ['a folder for workspaces', { backend: 'local' }, { local: { path: 'x.tfstate', workspace_dir: '/tmp' } }],
    ['another namespace', { backend: 'kubernetes' }, { kubernetes: { namespace: 'default', secret_suffix: 'x' } }],
    [
      'a cluster of its own',
      { backend: 'kubernetes' },
      { kubernetes: { ...{ namespace: 'airlock-state' }, secret_suffix: 'x', host: 'https://203.0.113.9' } },
    ],
    ['no namespace', { backend: 'kubernetes' }, { kubernetes: { secret_suffix: 'x' } }],
    ['another address', { backend: 'http', address: 'https://a/s' }, { http: { address: 'https://b/s/serving' } }],
    [
      'an address that only begins alike',
      { backend: 'http', address: 'https://a/s' },
      { http: { address: 'https://a/state/x' } },
    ],
    ['an address beside', { backend: 'http', address: 'https://a/s' }, { http: { address: 'https://a/s/../x' } }],
    [
      'another address for locks',
      { backend: 'http', address: 'https://a/s' },
      { http: { address: 'https://a/s/x', lock_address: 'https://b/s/x' } },
    ],
    [
      'whoever answers',
      { backend: 'http', address: 'https://a/s' },
      { http: { address: 'https://a/s/x', skip_cert_verification: true } },
    ],
    ['another schema', { backend: 'pg' }, { pg: { schema_name: 'public' } }],
    [
      'a database of its own',
      { backend: 'pg' },
      { pg: { schema_name: 'airlock_x', conn_str: 'postgres://203.0.113.9/x' } },
    ],
    [
      'a place that only Terraform knows',
      { backend: 'local', directory: '/srv/state' },
      { local: { path: '${var.x}' } },
    ],
  ])('may not go to %s', (_, state, backend) => {
    expect(fails(with_(state, backend), RULE)).toBe(true);
  });

  it('may not be handed to HCP Terraform', () => {
    const draft = new Draft().put('/terraform/cloud', { organization: 'x', workspaces: { name: 'y' } });
    expect(draft.findings(RULE)).toContainEqual(expect.objectContaining({ verdict: 'VIOLATED', check: 'state' }));
  });

  it.each(['encryption', 'experiments', 'provider_meta', 'anything'])(
    'leaves the block "%s" of terraform unproven',
    (name) => {
      expect(new Draft().put(`/terraform/${name}`, { x: 'y' }).findings(RULE)).toContainEqual(
        expect.objectContaining({ verdict: 'UNPROVEN', check: 'argument' }),
      );
    },
  );

  it('is one for each stack', () => {
    const backend = { local: { path: '/srv/state/x.tfstate' } };
    const other = (path: string): object => ({
      ...cleanPlan(),
      terraform: { backend: { local: { path } } },
    });
    const shared = new Draft().put(BACKEND, backend).addStack('other', other('/srv/state/./x.tfstate'));
    expect(fails(shared, RULE)).toBe(true);
    const apart = new Draft().put(BACKEND, backend).addStack('other', other('/srv/state/y.tfstate'));
    expectProven(apart, RULE);
  });
});

describe('what an earlier `terraform init` remembers', () => {
  const SAVED = 'stacks/serving/.terraform/terraform.tfstate';
  const draftWith = (file: string, text: string): Draft => {
    const draft = new Draft().put(BACKEND, { local: { path: '../../../state/serving.tfstate' } });
    draft.left.set(file, leftText(text));
    return draft;
  };
  // As Terraform 1.11.4 writes it.
  const saved = (config: object, rest: object = {}): string =>
    JSON.stringify({
      version: 3,
      terraform_version: '1.11.4',
      backend: { type: 'local', config, hash: 2080458019 },
      ...rest,
    });
  const PLANNED = { path: '../../../state/serving.tfstate', workspace_dir: null };

  it('may be the backend of the plan', () => {
    expectProven(draftWith(SAVED, saved(PLANNED)), RULE);
    const modules = [{ path: ['root'], outputs: {}, resources: {}, depends_on: [] }];
    expectProven(draftWith(SAVED, saved(PLANNED, { serial: 1, lineage: 'x', modules })), RULE);
  });

  it.each([
    ['another path', saved({ path: '/tmp/x.tfstate' })],
    ['a folder of workspaces', saved({ ...PLANNED, workspace_dir: '/tmp' })],
    ['another kind', saved(PLANNED).replace('"local"', '"http"')],
    ['no backend', '{"version":3}'],
    ['a further part', saved(PLANNED, { remote: { type: 'http' } })],
    ['a key twice', saved(PLANNED).replace('{', '{"backend":{},')],
    ['no JSON', 'x'],
    ['a list', '[]'],
  ])('may not be %s', (_, text) => {
    const failures = draftWith(SAVED, text)
      .findings(RULE)
      .filter(({ verdict }) => verdict !== 'PROVEN');
    expect(failures.map(({ subject }) => subject)).toEqual([SAVED]);
  });

  it('may be the default workspace, and no other', () => {
    const file = 'stacks/serving/.terraform/environment';
    expectProven(draftWith(file, 'default'), RULE);
    expect(fails(draftWith(file, 'other'), RULE)).toBe(true);
  });

  it('may be no link', () => {
    const draft = new Draft();
    draft.left.set(SAVED, 'link');
    expect(fails(draft, RULE)).toBe(true);
  });
});
