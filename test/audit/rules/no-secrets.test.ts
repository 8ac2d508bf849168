import {
  type Case,
  Draft,
  ENGINE,
  expectProven,
  MIRROR_POD,
  testRule,
  VALUES,
  NEXT_ARGUMENT,
  NEXT_VARIABLE,
} from '../plans/draft';

const RULE = 'AIR-SEC-1';
/** Made up for this test; each has the published form of its kind. */
const SECRETS: Readonly<Record<string, string>> = {
  'a PEM private key': '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIA==\n-----END EC PRIVATE KEY-----',
  'an encrypted PEM private key': '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMHcCAQEEIA==',
  'a JSON Web Token': ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiJhaXJsb2NrIn0', 'c2lnbmF0dXJl'].join('.'),
  'a Hugging Face token': `hf_${'aB3'.repeat(12)}`,
  'a GitHub token': `ghp_${'aB3'.repeat(12)}`,
  'an AWS access key': `AKIA${'ABCD'.repeat(4)}`,
  'a URL with a password': 'https://robot:s3cr3t@registry.nordlicht.internal/v2/',
  'an Authorization header': `Bearer ${'aB3'.repeat(8)}`,
  'registry credentials': '{"auths": {"r.example": {"auth": "cm9ib3Q6czNjcjN0"}}}',
  'a password in a script': 'curl --silent\nPASSWORD=correcthorse\n',
  'a private key in base64': Buffer.from('-----BEGIN PRIVATE KEY-----\nMHcCAQEEIA==\n').toString('base64'),
};
const CONFIG_MAP = '/resource/kubernetes_config_map_v1/extra';
const SECRET = '/resource/kubernetes_secret_v1/extra';
const metadata = { name: 'extra', namespace: 'airlock-mirror' };

/** The value of an option that was appended. */
const AFTER_NEXT = NEXT_ARGUMENT.replace(/\d+$/, (index) => String(Number(index) + 1));

describe('no secret value in the plan', () => {
  testRule(RULE, [
    ...Object.entries(SECRETS).flatMap(([name, value]): Case[] => [
      {
        name: `${name} in a config map`,
        twin: (plan) => plan.put(CONFIG_MAP, { metadata, data: { content: 'plain text' } }),
        fault: (plan) => plan.put(`${CONFIG_MAP}/data/content`, value),
        check: 'form',
        at: `${CONFIG_MAP}/data/content`,
        subject: 'kubernetes_config_map_v1.extra',
      },
      {
        name: `${name} inside the values of a release`,
        twin: (plan) => plan.put(`${ENGINE}/env/-`, { name: 'SETTING', value: 'plain' }),
        fault: (plan) => plan.put(`${NEXT_VARIABLE}/value`, value),
        check: 'form',
        at: `${NEXT_VARIABLE}/value`,
        subject: 'helm_release.chat',
      },
    ]),
    {
      name: 'data of a typed Secret',
      twin: (plan) => plan.put(SECRET, { metadata, data: { user: '${var.user}', empty: '' } }),
      fault: (plan) => plan.put(`${SECRET}/data/user`, 'x'),
      check: 'secret-data',
      at: `${SECRET}/data/user`,
      subject: 'kubernetes_secret_v1.extra',
    },
    ...['binary_data', 'data_wo', 'binary_data_wo'].map((field): Case => ({
      name: `${field} of a typed Secret`,
      twin: (plan) => plan.put(SECRET, { metadata }),
      fault: (plan) => plan.put(`${SECRET}/${field}`, { user: 'x' }),
      check: 'secret-data',
      at: `${SECRET}/${field}/user`,
    })),
    {
      name: 'a Secret’s data with a literal around a reference',
      twin: (plan) => plan.put(SECRET, { metadata, data: { user: '${var.user}' } }),
      fault: (plan) => plan.put(`${SECRET}/data/user`, '${base64encode("x")}'),
      check: 'secret-data',
      at: `${SECRET}/data/user`,
    },
    ...['data', 'stringData'].map((field): Case => ({
      name: `${field} of a Secret in a release`,
      twin: (plan) => plan.put(`${VALUES}/objects/-`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } }),
      fault: (plan) => plan.put(`${VALUES}/objects/2/${field}`, { user: 'x' }),
      check: 'secret-data',
      at: `${VALUES}/objects/2/${field}/user`,
      subject: 'Secret airlock-serving/s',
    })),
    {
      name: 'data of a Secret in a manifest',
      twin: (plan) =>
        plan.put('/resource/kubernetes_manifest/x', { manifest: { apiVersion: 'v1', kind: 'Secret', metadata } }),
      fault: (plan) => plan.put('/resource/kubernetes_manifest/x/manifest/stringData', { user: 'x' }),
      check: 'secret-data',
      at: '/resource/kubernetes_manifest/x/manifest/stringData/user',
    },
    ...['API_KEY', 'HF_TOKEN', 'DB_PASSWORD', 'clientSecret'].map((name): Case => ({
      name: `the variable ${name}`,
      twin: (plan) => plan.put(`${ENGINE}/env/-`, { name, valueFrom: { secretKeyRef: { name: 'keys', key: 'api' } } }),
      fault: (plan) => plan.put(NEXT_VARIABLE, { name, value: 'abc' }),
      check: 'named',
      at: `${NEXT_VARIABLE}/value`,
    })),
    {
      name: 'a typed variable',
      twin: (plan) => plan.put(`${MIRROR_POD}/container/0/env`, [{ name: 'MAX_TOKENS', value: '4096' }]),
      fault: (plan) => plan.put(`${MIRROR_POD}/container/0/env/0/name`, 'ADMIN_TOKEN'),
      check: 'named',
      at: `${MIRROR_POD}/container/0/env/0/value`,
    },
    {
      name: 'a variable about a secret turns into one',
      twin: (plan) => plan.put(`${ENGINE}/env/-`, { name: 'TOKEN_FILE', value: 'run/token' }),
      fault: (plan) => plan.put(`${NEXT_VARIABLE}/name`, 'TOKEN'),
      check: 'named',
      at: `${NEXT_VARIABLE}/value`,
    },
    {
      name: 'an argument and its value',
      twin: (plan) => plan.put(`${ENGINE}/args/-`, '--api-key').put(`${ENGINE}/args/-`, '$(API_KEY)'),
      fault: (plan) => plan.put(AFTER_NEXT, 'abc'),
      check: 'argument',
      at: AFTER_NEXT,
    },
    {
      name: 'an argument in one word',
      twin: (plan) => plan.put(`${ENGINE}/args/-`, '--max-num-batched-tokens=4096'),
      fault: (plan) => plan.put(NEXT_ARGUMENT, '--token=abc'),
      check: 'argument',
      at: NEXT_ARGUMENT,
    },
    ...['token', 'password', 'client_key'].map((field): Case => ({
      name: `${field} of a provider`,
      twin: (plan) => plan.put(`/provider/kubernetes/0/${field}`, '${var.credential}'),
      fault: (plan) => plan.put(`/provider/kubernetes/0/${field}`, 'abc'),
      check: 'named',
      at: `/provider/kubernetes/0/${field}`,
      subject: 'stack serving provider',
    })),
    {
      name: 'a nested provider block',
      fault: (plan) => plan.put('/provider/helm/0/kubernetes/token', 'abc'),
      check: 'named',
      at: '/provider/helm/0/kubernetes/token',
    },
    {
      name: 'a password of the backend',
      twin: (plan) => plan.put('/terraform/backend', { http: { address: 'https://state.internal', username: 'x' } }),
      fault: (plan) => plan.put('/terraform/backend/http/password', 'abc'),
      check: 'named',
      at: '/terraform/backend/http/password',
    },
    {
      name: 'the default of a variable, by its name',
      twin: (plan) => plan.put('/variable/admin_password', { sensitive: true }),
      fault: (plan) => plan.put('/variable/admin_password/default', 'abc'),
      check: 'declared',
      at: '/variable/admin_password/default',
    },
    {
      name: 'the default of a variable, by its flag',
      twin: (plan) => plan.put('/variable/x', { default: 'abc' }),
      fault: (plan) => plan.put('/variable/x/sensitive', true),
      check: 'declared',
      at: '/variable/x/default',
    },
    {
      name: 'an output',
      twin: (plan) => plan.put('/output/x', { value: '${var.x}', sensitive: true }),
      fault: (plan) => plan.put('/output/x/value', 'abc'),
      check: 'declared',
      at: '/output/x/value',
    },
  ]);

  it('finds a literal in set_sensitive, and a password in YAML values of any chart', () => {
    const release = { name: 'x', namespace: 'airlock-mirror', chart: './chart' };
    const draft = new Draft().put('/resource/helm_release/x', {
      ...release,
      set_sensitive: [{ name: 'a', value: 'abc' }],
      values: ['auth:\n  password: abc\n'],
    });
    const found = draft.findings(RULE).filter(({ verdict }) => verdict === 'VIOLATED');
    expect(found.map(({ check, place }) => [check, place?.pointer, place?.inner])).toEqual([
      ['set-sensitive', '/resource/helm_release/x/set_sensitive/0/value', undefined],
      ['named', '/resource/helm_release/x/values/0', '/auth/password'],
    ]);
  });

  it('never shows a value, whatever rule finds it', () => {
    for (const value of Object.values(SECRETS)) {
      const draft = new Draft()
        .put(`${ENGINE}/image`, value)
        .put(`${ENGINE}/env/-`, { name: 'TOKEN', value })
        .put(`${MIRROR_POD}/container/0/args/6`, value)
        .put('/provider/kubernetes/0/token', value)
        .put(SECRET, { metadata, data: { a: value } });
      const report = JSON.stringify(draft.allFindings());
      expect(report).not.toContain(JSON.stringify(value).slice(1, -1));
      expect(report).toContain('withheld');
    }
    expectProven(new Draft(), RULE);
  });

  const inFile = (name: string, content: string): Draft =>
    new Draft().put(CONFIG_MAP, { metadata, data: { [name]: content } });
  const failing = (draft: Draft): string[] =>
    draft.findings(RULE).flatMap(({ verdict, check = '' }) => (verdict === 'VIOLATED' ? [check] : []));

  it.each([
    ['a file of .pgpass', '.pgpass', 'db.internal:5432:traces:writer:correct-horse\n'],
    ['any host in a .pgpass', 'pgpass', '*:*:*:writer:correct-horse'],
    ['a short password in YAML', 'config.yaml', 'database:\n  password: abc\n'],
    ['a number for a password', 'config.yaml', 'database: { password: 1234 }'],
    ['a short key in JSON', 'config.json', '{"auth": {"apiKey": "abc"}}'],
    ['a key of a session', 'config.json', '{"session_key": "abc"}'],
    ['a password in lines of settings', 'app.env', 'DB_PASSWORD=correct-horse-1\n'],
    ['a password that is quoted in a text', 'notes.md', 'password: "correct-horse-1" goes here\n'],
    ['a token as last words of a line', 'notes', 'token: correct-horse-1\n'],
  ])('finds %s', (_what, name, content) => {
    const draft = inFile(name, content);
    expect(failing(draft).length).toBeGreaterThan(0);
    expect(JSON.stringify(draft.findings(RULE))).not.toMatch(/correct-horse/);
  });

  it('finds a literal key of a container by its name, and leaves alone what is about one', () => {
    const words = ['account', 'admin', 'auth', 'cookie', 'hmac', 'jwt', 'license', 'master', 'session', 'ssh', 'tls'];
    const keys = words.map((word) => `${word.toUpperCase()}_KEY`);
    const about = keys.flatMap((key) => ['FILE', 'ID', 'NAME', 'CLASS', 'PATH'].map((last) => `${key}_${last}`));
    const draft = new Draft();
    for (const name of [...keys, ...about]) draft.put(`${ENGINE}/env/-`, { name, value: 'abc' });
    const found = draft.findings(RULE).filter(({ verdict }) => verdict === 'VIOLATED');
    expect(found.map(({ message }) => /"(\w+)"/.exec(message)?.[1])).toEqual(keys);
  });

  it.each([
    ['prose about a password', 'README.md', 'The password: it is asked for at the first start, see below.\n'],
    ['prose about a token in a page', 'index.html', '<p>token: the name of what callers show</p>'],
    ['a document for people with an example', 'guide.md', 'database:\n  password: abc\n'],
    ['a name of a Secret', 'config.yaml', 'passwordSecretName: database\ntoken_file: /run/token\n'],
    ['a reference to the environment', 'config.yaml', 'password: $(PASSWORD)\n'],
    ['addresses with ports', 'hosts', 'a.internal:5432:x\nregistry.internal:5443/v2/a\n'],
  ])('leaves alone %s', (_what, name, content) => {
    expect(failing(inFile(name, content))).toEqual([]);
  });

  it('leaves alone what only resembles a secret', () => {
    const draft = new Draft()
      .put(`${ENGINE}/args/-`, '--tokenizer=/models/tiny')
      .put(`${ENGINE}/args/-`, '--max-model-len')
      .put(`${ENGINE}/env/-`, { name: 'TOKENIZERS_PARALLELISM', value: 'false' })
      .put(`${ENGINE}/env/-`, { name: 'SECRET_SCANNING', value: 'true' })
      .put(CONFIG_MAP, {
        metadata,
        data: {
          'ca.pem': '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
          address: 'https://registry.nordlicht.internal:5443/v2/a@sha256:abc',
          'settings.yaml': 'max_tokens: 4096\nsecretName: keys\ntoken_file: /run/token\n',
        },
      });
    expectProven(draft, RULE);
  });
});
