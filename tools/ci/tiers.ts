/** The slow tiers of CI, in the order in which they run: what each reads, starts and installs. */

export interface Tier {
  /** npm script. */
  readonly name: string;
  /**
   * Globs of the files that it reads by path, its own programs among them. What TypeScript among them imports is found by itself.
   * It runs in a folder that holds these alone, so what is missing here is missing there.
   */
  readonly inputs: readonly string[];
  /**
   * Commands of `airlock` that it starts, and with them the launcher and what every command reads; `all` where the whole
   * command line is looked at.
   *
   * @default - none
   */
  readonly commands?: 'all' | readonly string[];
  /** Programs of the machine whose versions may change what comes out. */
  readonly programs: readonly string[];
  /**
   * Variables that change what it does.
   *
   * @default - none
   */
  readonly variables?: readonly string[];
  /** Seconds on two cores with nothing cached, builds included; taken until one run of it was measured on the machine. */
  readonly coldSeconds: number;
}

/** core/assets.ts reads all of them, whichever is asked for. */
const ASSETS = ['charts/**', 'gateway/litellm/*.py'];
const SITES = ['examples/**', 'test/fixtures/**', ...ASSETS];
/** Sites, and the app that writes their plans. */
const EXAMPLES = [...SITES, 'main.ts', 'cdktf.json'];

/** What `airlock` reads whichever command is started. */
export const COMMAND_LINE_FILES = ['scripts/**/*.{cjs,mjs}', ...ASSETS] as const;

/** What every tier may read. */
export const COMMON = ['package.json', 'package-lock.json', 'tsconfig.json', '.npmrc', 'LICENSE'] as const;

export const TIERS: readonly Tier[] = [
  {
    name: 'test:slow',
    // Its tests read every page and every source.
    inputs: ['**'],
    commands: 'all',
    programs: ['openssl', 'bash', 'zsh', 'fish', 'script', 'terraform'],
    coldSeconds: 300,
  },
  {
    name: 'test:integration',
    inputs: [
      'test/integration/**',
      'docs/trust.md',
      'test/docs/sample.ts',
      'test/chaos/**',
      'jest*.cjs',
      'test/jest/**',
      'tools/build.mts',
      'tools/far-side/**',
      'scripts/**',
      ...EXAMPLES,
    ],
    commands: 'all',
    programs: ['go', 'python3', 'terraform', 'openssl'],
    variables: ['AIRLOCK_CHAOS_SEED', 'AIRLOCK_CHAOS_ROUNDS', 'AIRLOCK_OUTAGES', 'AIRLOCK_OUTAGE_SECONDS'],
    coldSeconds: 800,
  },
  {
    name: 'test:far-side',
    inputs: ['test/far-side/**', 'docs/far-side.md', 'tools/build.mts', 'tools/far-side/**', 'scripts/**', ...EXAMPLES],
    commands: 'all',
    programs: ['openssl', 'tar'],
    coldSeconds: 150,
  },
  {
    name: 'test:package',
    inputs: [
      'test/package/**',
      '{audit,blueprint,catalog,constructs,core,engines,gateway,offline-bundle,site,stacks,telemetry}/**',
      'api/**',
      'tsconfig.package.json',
      'tools/build*.mts',
      'tools/far-side/**',
      'scripts/**',
      'tools/release.mts',
      'README.md',
      'CHANGELOG.md',
      ...EXAMPLES,
    ],
    commands: 'all',
    programs: ['openssl', 'tar'],
    coldSeconds: 150,
  },
  {
    name: 'test:pod-security',
    inputs: ['test/pod-security/**'],
    programs: ['go'],
    coldSeconds: 20,
  },
  {
    name: 'e2e:api',
    inputs: ['test/e2e/**', 'scripts/**', ...EXAMPLES],
    commands: 'all',
    programs: ['go'],
    coldSeconds: 900,
  },
  {
    name: 'e2e:deploy',
    inputs: ['test/e2e/**', 'scripts/**', ...EXAMPLES],
    commands: 'all',
    programs: ['go', 'terraform'],
    variables: ['AIRLOCK_PROVIDER_MIRROR'],
    coldSeconds: 400,
  },
  {
    name: 'bench',
    inputs: ['bench/run.mts', 'bench/upstream.mts', 'tools/build.mts', 'tools/far-side/**', 'scripts/**'],
    // A bundle carries the kit, which is every command.
    commands: 'all',
    programs: ['curl', 'openssl'],
    coldSeconds: 120,
  },
  {
    name: 'bench:synth',
    inputs: ['bench/synth.mts', 'bench/plain-app.ts', ...EXAMPLES],
    commands: ['synth'],
    programs: [],
    coldSeconds: 300,
  },
  {
    name: 'bench:redaction',
    inputs: ['bench/redaction.mts', 'bench/redaction/**', 'test/catalog/**'],
    programs: ['go', 'python3', 'cargo'],
    coldSeconds: 150,
  },
  {
    name: 'test:engines',
    inputs: ['test/real-engines/**'],
    programs: ['go', 'python3', 'gcc'],
    coldSeconds: 900,
  },
  {
    name: 'test:gateway',
    inputs: ['test/real-gateways/**', 'test/real-engines/**', 'test/traces/install/collector.go', ...SITES],
    programs: ['go', 'python3', 'gcc'],
    variables: ['AIRLOCK_AGENTGATEWAY', 'AIRLOCK_AGENTGATEWAY_SCHEMA'],
    coldSeconds: 900,
  },
  {
    name: 'test:traces',
    inputs: ['test/traces/**', 'test/catalog/**'],
    commands: ['traces'],
    programs: ['go', 'python3'],
    variables: ['AIRLOCK_OUTAGE_SECONDS'],
    coldSeconds: 840,
  },
  {
    name: 'test:metrics',
    inputs: ['test/metrics/**', 'test/real-engines/**', 'test/fixtures/tls/**'],
    commands: ['mirror'],
    programs: ['go', 'python3'],
    coldSeconds: 720,
  },
];
