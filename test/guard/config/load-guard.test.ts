import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { AirlockError } from '../../../core/errors';
import { loadGuard, parseGuard } from '../../../guard/config/load-guard';
import type { Role } from '../../../guard/config/policy';
import type { Guard } from '../../../guard/generated/guard';
import { guard, workflow } from '../policies';

const faults = (value: unknown, role: Role = 'front'): string[] => {
  try {
    parseGuard(stringify(value), 'guard.yaml', role);
    return [];
  } catch (error) {
    if (!(error instanceof AirlockError)) throw error;
    expect(error.code).toBe('GUARD_FILE_INVALID');
    expect(error.faults.every(({ line }) => line !== undefined)).toBe(true);
    return error.faults.map(({ path: at, message }) => `${at}: ${message}`);
  }
};

const GOOD = guard([workflow({ allowFields: { chat: ['guided_json'] }, set: { chat: { include_reasoning: false } } })]);
const issuer = (more: object = {}): object => ({
  ...{ name: 'staff', issuer: 'https://id', audiences: ['ai'], workflows: ['claims'] },
  jwks: '{"keys": [{"kid": "a", "kty": "EC", "crv": "P-256", "x": "a", "y": "b"}]}',
  ...more,
});
const withWorkflow = (more: object): unknown => ({ ...GOOD, workflows: [{ ...GOOD.workflows[0], ...more }] });
const withIssuer = (more: object): unknown => ({ ...GOOD, callers: { ...GOOD.callers, issuers: [issuer(more)] } });

it('is read for both roles', () => {
  expect([faults(GOOD, 'front'), faults(GOOD, 'back')]).toEqual([[], []]);
});

it.each<[string, unknown, string]>([
  ['an unknown key', { ...GOOD, vendor: 1 }, 'vendor: unknown key "vendor"'],
  ['an address with a path', { ...GOOD, upstream: { url: 'http://a/v1' } }, 'upstream.url: '],
  ...['http://[', 'http://a:99999', 'http://a:b:c'].map((url): [string, unknown, string] => [
    `${url} as an address`,
    { ...GOOD, upstream: { url } },
    'upstream.url: ',
  ]),
  ['such an address of a workflow', withWorkflow({ upstream: 'http://[' }), 'workflows[0].upstream: '],
  [
    'a workflow twice',
    { ...GOOD, workflows: [GOOD.workflows[0], GOOD.workflows[0]] },
    'workflows[1].name: this name stands twice',
  ],
  ['an unknown pack', withWorkflow({ redaction: { packs: ['xx'] } }), 'workflows[0].redaction: redaction pack "xx"'],
  [
    'fields of an interface that is not offered',
    withWorkflow({ endpoints: ['embeddings'], set: {} }),
    'workflows[0].allowFields.chat: ',
  ],
  [
    'a field that is allowed anyway',
    withWorkflow({ allowFields: { chat: ['tools'] } }),
    'workflows[0].allowFields.chat[0]: tools is allowed',
  ],
  [
    'a field that is set, too',
    withWorkflow({ allowFields: { chat: ['include_reasoning'] } }),
    'workflows[0].allowFields.chat[0]: include_reasoning stands under set',
  ],
  ['a model that is set', withWorkflow({ set: { chat: { model: 'x' } } }), 'workflows[0].set.chat: model and stream'],
  [
    'a caller of an unknown workflow',
    { ...GOOD, callers: { keys: [{ ...GOOD.callers.keys![0], workflows: ['x'] }] } },
    'callers.keys[0].workflows[0]: there is no workflow "x"',
  ],
  ['nobody who may call', { ...GOOD, callers: {} }, 'callers: nobody may call'],
  [
    'a key twice',
    { ...GOOD, callers: { keys: [GOOD.callers.keys![0], { ...GOOD.callers.keys![0], name: 'b' }] } },
    'callers.keys[1].hash: this hash stands twice',
  ],
  [
    'a private key',
    withIssuer({ jwks: '{"keys": [{"kid": "a", "kty": "EC", "d": "x"}]}' }),
    'callers.issuers[0].jwks: a key of it is private or symmetric',
  ],
  [
    'a shared key',
    withIssuer({ jwks: '{"keys": [{"kid": "a", "kty": "oct", "k": "x"}]}' }),
    'callers.issuers[0].jwks: a key of it is private or symmetric',
  ],
  [
    'a key without kid',
    withIssuer({ jwks: '{"keys": [{"kty": "EC"}]}' }),
    'callers.issuers[0].jwks: a key of it has no kid',
  ],
])('%s is refused', (_, value, fault) => {
  expect(faults(value)).toEqual([expect.stringContaining(fault)]);
});

it('says every fault at once', () => {
  expect(faults({ ...(withWorkflow({ redaction: { packs: ['xx'] } }) as object), callers: {} })).toHaveLength(2);
});

describe('the back', () => {
  it('knows no tokens, for the gateway alone calls it', () => {
    expect(faults(withIssuer({}), 'back')).toEqual([expect.stringContaining('callers.issuers: ')]);
    expect(faults(withIssuer({}), 'front')).toEqual([]);
  });

  it('gives no pseudonyms, which it could not take back', () => {
    expect(faults(withWorkflow({ redaction: { packs: ['de'], requests: 'pseudonym' } }), 'back')).toEqual([
      expect.stringContaining('only the front'),
    ]);
  });
});

describe('the token for upstream', () => {
  const load = async (
    token: string,
    value: Guard = { ...GOOD, upstream: { url: 'http://a', tokenFile: 'token' } },
  ): Promise<unknown> => {
    const dir = await mkdtemp(path.join(tmpdir(), 'guard-'));
    try {
      await writeFile(path.join(dir, 'guard.yaml'), stringify(value));
      await writeFile(path.join(dir, 'token'), token);
      return (await loadGuard(path.join(dir, 'guard.yaml'), 'front')).token;
    } finally {
      await rm(dir, { recursive: true });
    }
  };

  it('stands in a file beside the configuration', async () => {
    expect(await load('abc-123\n')).toBe('abc-123');
    expect(await load('abc', GOOD)).toBeUndefined();
  });

  it.each(['', 'a b', 'a\nb', 'ä'])('%j is refused', async (token) => {
    await expect(load(token)).rejects.toMatchObject({ code: 'GUARD_FILE_INVALID' });
  });
});
