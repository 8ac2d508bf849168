/** Type-aware lint; the import rule of the house (see CONTRIBUTING.md) is held here. */
import tseslint from 'typescript-eslint';

const ENTRY_POINTS = ['scripts', 'tools', 'test', 'bench', 'main'];
/** Who may import whom: a room may import itself and these. */
const ALLOWED = {
  core: [],
  catalog: ['core'],
  site: ['core', 'catalog'],
  engines: ['core', 'catalog', 'site'],
  gateway: ['core', 'catalog', 'site'],
  telemetry: ['core', 'catalog', 'site'],
  guard: ['core', 'catalog', 'site', 'gateway'],
  // Decides from the three files; nothing below it knows that, nothing above it reads them.
  blueprint: ['core', 'catalog', 'site', 'engines', 'gateway', 'telemetry'],
  constructs: ['core', 'catalog', 'engines', 'gateway', 'telemetry'],
  stacks: ['core', 'catalog', 'engines', 'gateway', 'telemetry', 'blueprint', 'constructs'],
  'offline-bundle': ['core', 'catalog', 'site'],
  audit: ['core', 'catalog', 'site', 'engines', 'gateway', 'telemetry'],
  cluster: ['core', 'catalog', 'site', 'engines', 'gateway', 'telemetry', 'audit', 'offline-bundle'],
};
const ROOMS = Object.keys(ALLOWED);

const BARRELS = ['@cdktf/provider-kubernetes', '@cdktf/provider-helm'].map((name) => ({
  name,
  message: 'import the one kind by its deep path; the barrel costs a second and 200 MB',
}));

/** One place starts programs that are not ours: without a shell, and with an environment of listed variables. */
const NO_PROCESSES = ['child_process', 'node:child_process'].map((name) => ({
  name,
  message: 'start programs with core/programs.ts; scripts drive them with zx',
}));
/** The environment of this process is not another program's. */
const NO_ENVIRONMENT = {
  selector:
    ":matches(SpreadElement, Property)[argument.object.name='process'][argument.property.name='env'], Property[key.name='env'][value.object.name='process'][value.property.name='env']",
  message: 'list what it may see, as core/programs.ts does',
};

const NO_EXIT = {
  selector: "CallExpression[callee.object.name='process'][callee.property.name='exit']",
  message: 'set process.exitCode, so that output is flushed',
};
/** What a command reads beside the sources is not there in airlock.mjs, unless it is an asset. */
const NO_NEIGHBOURS = [
  "Identifier[name='__dirname']",
  "Identifier[name='__filename']",
  "MetaProperty[meta.name='import']",
  "MemberExpression[object.name='require'][property.name='resolve']",
].map((selector) => ({ selector, message: 'list the file in core/assets.ts, which travels inside airlock.mjs' }));

/** It never ends below /proc. */
const NO_RECURSIVE_MKDIR = {
  selector: "CallExpression[callee.name=/^mkdir(Sync)?$/] Property[key.name='recursive']",
  message: 'make folders with core/make-folders.ts',
};

/** Who could name a plain string a visible one would make the types of core/visible.ts worth nothing. */
const NO_CAST = {
  selector: ':matches(TSAsExpression, TSTypeAssertion) TSTypeReference > Identifier[name=/^(Line|Text|FieldValue)$/]',
  message: 'make it with visible, show, lines or field, which show controls as text',
};
/** Fields of answers quote requests and bundles. */
const NO_RAW_FIELDS = {
  selector: 'CallExpression[callee.property.name=/^(header|headers|setHeader|raw)$/]',
  message: 'set header fields with offline-bundle/mirror/fields.ts, which shows controls as text',
};

/** Text from outside is made visible in one place before it reaches a terminal. */
const NO_RAW_OUTPUT = [
  "MemberExpression[object.object.name='process'][object.property.name=/^std(out|err)$/][property.name='write']",
  "MemberExpression[object.name='console']",
].map((selector) => ({ selector, message: 'print with scripts/ui/output.mts, which shows controls as text' }));

const importRule = (room) => {
  const foreign = [...ROOMS, ...ENTRY_POINTS].filter((other) => other !== room && !ALLOWED[room].includes(other));
  return {
    files: [`${room}/**`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [...BARRELS, ...NO_PROCESSES],
          patterns: [
            {
              regex: `^(\\.\\./)+(${foreign.join('|')})(/|$)`,
              message: `${room} may import only: ${[room, ...ALLOWED[room]].join(', ')}`,
            },
          ],
        },
      ],
    },
  };
};

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', 'cdktf.out/', '.cache/', '**/generated/', '**/*.cjs', '**/*.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-restricted-imports': ['error', { paths: BARRELS }],
      'no-restricted-syntax': ['error', NO_EXIT],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  ...ROOMS.map(importRule),
  { files: ['scripts/**'], rules: { 'no-restricted-imports': ['error', { paths: [...BARRELS, ...NO_PROCESSES] }] } },
  { files: ['core/programs.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: [...ROOMS.map((room) => `${room}/**`), 'scripts/**', 'main.ts'],
    ignores: ['core/assets.ts', 'scripts/quickstart/**'],
    rules: {
      'no-restricted-syntax': ['error', NO_EXIT, NO_RECURSIVE_MKDIR, NO_CAST, NO_ENVIRONMENT, ...NO_NEIGHBOURS],
    },
  },
  {
    files: ['offline-bundle/mirror/**'],
    ignores: ['offline-bundle/mirror/fields.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        NO_EXIT,
        NO_RECURSIVE_MKDIR,
        NO_CAST,
        NO_ENVIRONMENT,
        NO_RAW_FIELDS,
        ...NO_NEIGHBOURS,
      ],
    },
  },
  // Where the types are made.
  ...['core/visible.ts', 'offline-bundle/mirror/fields.ts'].map((file) => ({
    files: [file],
    rules: { 'no-restricted-syntax': ['error', NO_EXIT, NO_RECURSIVE_MKDIR, NO_ENVIRONMENT, ...NO_NEIGHBOURS] },
  })),
  {
    files: ['scripts/**'],
    ignores: ['scripts/ui/output.mts', 'scripts/quickstart/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        NO_EXIT,
        NO_RECURSIVE_MKDIR,
        NO_CAST,
        NO_ENVIRONMENT,
        ...NO_NEIGHBOURS,
        ...NO_RAW_OUTPUT,
      ],
    },
  },
  {
    // Files of the checkout, which its steps start.
    files: ['scripts/quickstart/**'],
    rules: { 'no-restricted-syntax': ['error', NO_EXIT, NO_RECURSIVE_MKDIR, NO_CAST, ...NO_RAW_OUTPUT] },
  },
  {
    // The outside world shares no code with what it tests.
    files: ['test/outside-world/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: '^\\.\\./', message: 'import nothing of ours' }] }],
    },
  },
  { files: ['test/**'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
);
