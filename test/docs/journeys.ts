/** Pages whose commands are run, from the first to the last, and what a reader does between them. */

export interface Journey {
  readonly page: string;
  /**
   * Where the reader stands: a copy of an example, or of what another journey left in a folder of its own; nothing yet where
   * neither is said.
   *
   * @default - an empty folder
   */
  readonly from?: { readonly example: string } | { readonly journey: string; readonly folder: string };
  /** What the page takes for granted, as shell. */
  readonly before?: readonly string[];
  /** What the page's words mean here, by what they are on the page: addresses, folders of a real machine, placeholders. */
  readonly values?: Readonly<Record<string, string>>;
  /** What a reader does after a statement, by how it begins, as shell. */
  readonly then?: Readonly<Record<string, string>>;
  /** Exit codes that the page claims, by how a statement begins; 0 without. */
  readonly exits?: Readonly<Record<string, number>>;
  /** Statements that run until they are stopped, by how they begin, and what they print once they serve. */
  readonly serves?: Readonly<Record<string, string>>;
  /** Statements that are not run here, by how they begin, and why; they are held to a shape like those of other pages. */
  readonly skips?: Readonly<Record<string, string>>;
  /** Whether the internet that the site asks for is there, on loopback. */
  readonly hasUpstreams?: true;
  /** Blocks that show what a command prints, by how they begin. */
  readonly prints?: Readonly<Record<string, string>>;
}

const CLUSTER = 'needs a cluster';
const TERRAFORM = 'needs the binaries of providers; `npm run e2e:deploy` has them';

/** A passphrase as people keep it, where a page leaves it to the environment. */
const PASSPHRASE = 'export AIRLOCK_KEY_PASSPHRASE="$(cat passphrase)"';

/** What somebody writes into the files of `init`: here, a site whose upstreams are at hand. */
const EDIT =
  'for file in site enclave; do sed "s/quickstart-site/my-site/" "$ROOT/examples/quickstart/$file.yaml" >$file.yaml; done';

export const JOURNEYS: readonly Journey[] = [
  {
    page: 'README.md',
    hasUpstreams: true,
    values: {
      '/media/bundle': '../media/bundle',
      '/srv/airlock': 'store',
      '0.0.0.0:5443': '127.0.0.1:0',
    },
    then: {
      'cd my-site': EDIT,
      'npm run build': [
        'mkdir -p ../media ../far-side',
        'cp -r bundle ../media/bundle',
        'cp "$ROOT"/test/fixtures/tls/server.crt ../far-side/tls.crt && cp "$ROOT"/test/fixtures/tls/server.key ../far-side/tls.key',
        'cp "$AIRLOCK_MJS" keys/release.pub ../far-side/',
        'cd ../far-side',
      ].join('\n'),
      'node airlock.mjs bundle extract-record': 'cd my-site && cp ../../my-site/enclave.yaml .',
    },
    serves: { 'node airlock.mjs mirror': 'https://127.0.0.1:' },
    skips: {
      'npm ci && npm run quickstart': 'a journey of its own: CI runs it',
      'npm ci && npm test': 'CI runs it',
      'npm run build': 'would write into the checkout; the same file is built beside it',
      'node ../airlock.mjs preflight': CLUSTER,
    },
  },
  {
    page: 'docs/quickstart.md',
    from: { journey: 'README.md', folder: 'my-site' },
    hasUpstreams: true,
    before: [PASSPHRASE, 'airlock keys create --out keys --name second', 'cp "$AIRLOCK_MJS" keys/*.pub .'],
    values: {
      // Of another bundle: nothing of this one has changed, and no bundle follows itself.
      '<index of the bundle before>': 'ab'.repeat(32),
      '/media/bundle-2': 'bundle-2',
      '--reuse bundle-1': '--reuse bundle',
      '/media/store': '../far-side/store',
    },
    skips: { 'npm ci && npm run quickstart': 'a journey of its own: CI runs it' },
  },
  {
    page: 'docs/far-side.md',
    from: { journey: 'README.md', folder: 'far-side' },
    before: ['rm -r my-site'],
    values: { '/media/bundle': '../media/bundle', '/srv/airlock': 'another-store' },
    then: {
      'node ../airlock.mjs init':
        'sed "s/quickstart-site/my-site/" "$ROOT/examples/quickstart/enclave.yaml" >enclave.yaml',
    },
  },
  {
    page: 'docs/weights.md',
    from: { journey: 'README.md', folder: 'my-site' },
    values: { '/srv/airlock/store': '../far-side/store' },
  },
  {
    page: 'examples/README.md',
    from: { example: '.' },
    values: { 'examples/datacenter': 'datacenter' },
  },
  {
    page: 'docs/audit.md',
    from: { example: 'edge-cpu' },
    before: [
      'airlock synth',
      'cp "$ROOT/examples/datacenter/waivers.yaml" waivers.yaml',
      'mkdir previous && cp -r cdktf.out waivers.yaml previous/',
    ],
  },
  {
    page: 'docs/blueprint.md',
    from: { example: 'h100-single' },
    prints: { 'pool edge': 'cd "$ROOT/examples/edge-cpu" && airlock explain pool' },
  },
  { page: 'docs/distributions.md', from: { example: 'datacenter' }, skips: { 'kubectl get': CLUSTER } },
  {
    page: 'docs/fit.md',
    from: { example: 'datacenter' },
    before: ['cp "$ROOT/test/fixtures/docs/config.json" config.json'],
    exits: { 'npx airlock fit --serving reviewer': 1 },
    prints: {
      '┌──────────┬──────┬─': 'airlock fit --serving reviewer --gpus 1 --max-model-len 40960',
    },
  },
  {
    page: 'docs/operations.md',
    from: { example: 'edge-cpu' },
    before: ['airlock synth', 'mkdir previous && cp -r cdktf.out previous/', 'airlock deployed cdktf.out'],
    skips: {
      'airlock status cdktf.out': CLUSTER,
      'airlock runbook cdktf.out --cluster': CLUSTER,
      'airlock rollback': TERRAFORM,
      helm: CLUSTER,
      kubectl: CLUSTER,
    },
  },
  {
    page: 'docs/constructs/stacks.md',
    from: { example: 'edge-cpu' },
    skips: {
      'CHECKPOINT_DISABLE=1 npx cdktf synth':
        'needs the app of the checkout; `npm run test:far-side` compares the bytes',
      'terraform -chdir': TERRAFORM,
      'npm run': 'of the checkout, not of a site: CI runs it',
    },
  },
  { page: 'docs/reference/site.md', before: ['airlock init'] },
  { page: 'docs/reference/enclave.md', before: ['airlock init'] },
];
