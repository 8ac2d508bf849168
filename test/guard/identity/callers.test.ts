import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { hashOfKey } from '../../../gateway/caller-key';
import { Callers, type Credentials } from '../../../guard/identity/callers';
import { Refusal } from '../../../guard/refusal';
import { KEY } from '../policies';

const [mine, next, other] = [1, 2, 3].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
const ed = generateKeyPairSync('ed25519');

const jwk = (key: KeyObject, kid: string, alg?: string): object => ({
  ...key.export({ format: 'jwk' }),
  ...{ kid, use: 'sig', ...(alg === undefined ? {} : { alg }) },
});

const ISSUER = 'https://id.site.internal/realms/staff';
const OTHER_ISSUER = 'https://id.site.internal/realms/guests';
/** A key of the site's own, in the form of a token. */
const DOTTED = '0123456789abcdef.0123456789abcdef.0';
const NOW = Math.floor(Date.now() / 1000);

const CALLERS = new Callers({
  keys: [
    { name: 'app', hash: hashOfKey(KEY), workflows: ['claims'] },
    { name: 'dots', hash: hashOfKey(DOTTED), workflows: ['letters'] },
  ],
  issuers: [
    {
      ...{ name: 'staff', issuer: ISSUER, audiences: ['ai-gateway', 'ai'], workflows: ['claims', 'letters'] },
      jwks: JSON.stringify({
        keys: [
          jwk(mine!.publicKey, 'mine'),
          jwk(next!.publicKey, 'next'),
          jwk(rsa.publicKey, 'rsa'),
          jwk(rsa.publicKey, 'rsa-pinned', 'RS256'),
          jwk(ed.publicKey, 'ed'),
          jwk(weak.publicKey, 'weak'),
        ],
      }),
    },
    {
      ...{ name: 'guests', issuer: OTHER_ISSUER, audiences: ['ai-gateway'], subjects: ['ada'], workflows: ['letters'] },
      jwks: JSON.stringify({ keys: [jwk(other!.publicKey, 'other')] }),
    },
  ],
});

const encoded = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const claims = (more: object = {}): object => ({
  ...{ iss: ISSUER, aud: 'ai-gateway', sub: 'ada', iat: NOW, exp: NOW + 300, ...more },
});

type Signer = (input: string) => Buffer;
const ecdsa =
  (key: KeyObject): Signer =>
  (input) =>
    sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
const hmac =
  (secret: string | Buffer): Signer =>
  (input) =>
    createHmac('sha256', secret).update(input).digest();
const nothing: Signer = () => Buffer.alloc(0);

function token(header: object, payload: unknown, signer: Signer): string {
  const input = `${encoded(header)}.${encoded(payload)}`;
  return `${input}.${signer(input).toString('base64url')}`;
}

const MINE = { alg: 'ES256', kid: 'mine' };
const byMine = ecdsa(mine!.privateKey);
const good = token(MINE, claims(), byMine);
const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }) as string;
const der = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

const identified = (credentials: Credentials): Promise<unknown> => CALLERS.identify(credentials);
const bearer = (text: string): Credentials => ({ authorization: `Bearer ${text}` });

describe('who calls', () => {
  it.each<[string, Credentials, string, string[]]>([
    ['a key', bearer(KEY), 'app', ['claims']],
    ['a key as Anthropic’s SDKs send it', { 'x-api-key': KEY }, 'app', ['claims']],
    ['a key, the scheme in small letters', { authorization: `bearer ${KEY}` }, 'app', ['claims']],
    ['a key with dots', bearer(DOTTED), 'dots', ['letters']],
    ['a token', bearer(good), 'staff', ['claims', 'letters']],
    [
      'a token of the next key',
      bearer(token({ ...MINE, kid: 'next' }, claims(), ecdsa(next!.privateKey))),
      'staff',
      ['claims', 'letters'],
    ],
    [
      'a token for two audiences',
      bearer(token(MINE, claims({ aud: ['x', 'ai'] }), byMine)),
      'staff',
      ['claims', 'letters'],
    ],
    [
      'a token of a clock that is 20 s ahead',
      bearer(token(MINE, claims({ nbf: NOW + 20 }), byMine)),
      'staff',
      ['claims', 'letters'],
    ],
    [
      'a token of RSA',
      bearer(
        token({ alg: 'RS256', kid: 'rsa' }, claims(), (input) => sign('sha256', Buffer.from(input), rsa.privateKey)),
      ),
      'staff',
      ['claims', 'letters'],
    ],
    [
      'a token of Ed25519',
      bearer(token({ alg: 'EdDSA', kid: 'ed' }, claims(), (input) => sign(null, Buffer.from(input), ed.privateKey))),
      'staff',
      ['claims', 'letters'],
    ],
    [
      'a token of the other issuer',
      bearer(token({ ...MINE, kid: 'other' }, claims({ iss: OTHER_ISSUER }), ecdsa(other!.privateKey))),
      'guests',
      ['letters'],
    ],
  ])('%s is known', async (_, credentials, name, workflows) => {
    expect(await identified(credentials)).toEqual({ name, workflows: new Set(workflows) });
  });

  const keyed = (payload: object, header: object = MINE, signer: Signer = byMine): Credentials =>
    bearer(token(header, payload, signer));
  const without = (claim: string): object =>
    Object.fromEntries(Object.entries(claims()).filter(([name]) => name !== claim));
  const [head = '', body = '', signature = ''] = good.split('.');

  it.each<[string, Credentials]>([
    ['nothing', {}],
    ['an empty field', { authorization: '' }],
    ['another scheme', { authorization: `Basic ${KEY}` }],
    ['a key without a scheme', { authorization: KEY }],
    ['two keys', { authorization: `Bearer ${KEY}`, 'x-api-key': KEY }],
    ['a field that stands twice', { 'x-api-key': [KEY, KEY] }],
    ['another key', bearer(`${KEY}x`)],
    ['a short key', bearer('sk-1')],
    ['the hash of a key', bearer(hashOfKey(KEY))],
    ['a key with a line break', bearer(`${KEY}\n`)],
    ['the name of a caller', bearer('app')],
    ['a token that has expired', keyed(claims({ exp: NOW - 31 }))],
    ['a token of tomorrow', keyed(claims({ nbf: NOW + 86_400 }))],
    ['a token without an end', keyed(without('exp'))],
    ['a token with an end that is no number', keyed(claims({ exp: '2099-01-01' }))],
    ['a token for another audience', keyed(claims({ aud: 'mail' }))],
    ['a token for no audience', keyed(without('aud'))],
    ['a token for an audience that begins alike', keyed(claims({ aud: 'ai-gateway-2' }))],
    ['a token of another issuer', keyed(claims({ iss: 'https://elsewhere.example' }))],
    ['a token of no issuer', keyed(without('iss'))],
    ['a token of a list of issuers', keyed(claims({ iss: [ISSUER] }))],
    ['a token in the name of the other issuer', keyed(claims({ iss: OTHER_ISSUER }))],
    ['a token of the other issuer’s key', keyed(claims(), { ...MINE, kid: 'other' }, ecdsa(other!.privateKey))],
    ['a token of nobody', keyed(without('sub'))],
    ['a token of an empty name', keyed(claims({ sub: '' }))],
    ['a token of a number', keyed(claims({ sub: 7 }))],
    [
      'a token of somebody the issuer may not send',
      keyed(claims({ iss: OTHER_ISSUER, sub: 'bob' }), { ...MINE, kid: 'other' }, ecdsa(other!.privateKey)),
    ],
    ['a token without kid', keyed(claims(), { alg: 'ES256' })],
    ['a token with an unknown kid', keyed(claims(), { ...MINE, kid: 'old' })],
    ['a token with the kid of another key', keyed(claims(), { ...MINE, kid: 'next' })],
    ['a token with a kid that is no text', keyed(claims(), { ...MINE, kid: 1 })],
    [
      'a token by a key that is too short to be one',
      keyed(claims(), { alg: 'RS256', kid: 'weak' }, (input) => sign('sha256', Buffer.from(input), weak.privateKey)),
    ],
    ['an unsigned token', keyed(claims(), { ...MINE, alg: 'none' }, nothing)],
    ['an unsigned token, written otherwise', keyed(claims(), { ...MINE, alg: 'NoNe' }, nothing)],
    ['an unsigned token without kid', keyed(claims(), { alg: 'none' }, nothing)],
    ['a token without an algorithm', keyed(claims(), { kid: 'mine' })],
    ['a token without its signature', bearer(`${head}.${body}.`)],
    ['a token with another’s signature', keyed(claims(), MINE, ecdsa(next!.privateKey))],
    ['a token with a signature of zeros', keyed(claims(), MINE, () => Buffer.alloc(64))],
    ['a token whose signature lacks a byte', keyed(claims(), MINE, (input) => byMine(input).subarray(1))],
    ['a token whose claims were changed', bearer(`${head}.${encoded(claims({ sub: 'eve' }))}.${signature}`)],
    ['a token whose head was changed', bearer(`${encoded({ ...MINE, typ: 'JWT' })}.${body}.${signature}`)],
    [
      'a token of the public key as a shared one, as PEM',
      keyed(claims(), { ...MINE, alg: 'HS256' }, hmac(pem(mine!.publicKey))),
    ],
    [
      'a token of the public key as a shared one, as DER',
      keyed(claims(), { ...MINE, alg: 'HS256' }, hmac(der(mine!.publicKey))),
    ],
    [
      'a token of RSA’s public key as a shared one',
      keyed(claims(), { alg: 'HS256', kid: 'rsa' }, hmac(pem(rsa.publicKey))),
    ],
    ['a token of an empty shared key', keyed(claims(), { ...MINE, alg: 'HS256' }, hmac(''))],
    [
      'a token that brings its key',
      keyed(claims(), { ...MINE, jwk: next!.publicKey.export({ format: 'jwk' }) }, ecdsa(next!.privateKey)),
    ],
    [
      'a token that says where its key lies',
      keyed(claims(), { ...MINE, jku: 'https://elsewhere.example/jwks' }, ecdsa(next!.privateKey)),
    ],
    [
      'a token of another algorithm than its key says',
      keyed(claims(), { alg: 'RS512', kid: 'rsa-pinned' }, (input) =>
        sign('sha512', Buffer.from(input), rsa.privateKey),
      ),
    ],
    [
      'a token of RSA with the key of a curve',
      keyed(claims(), { alg: 'RS256', kid: 'mine' }, (input) => sign('sha256', Buffer.from(input), rsa.privateKey)),
    ],
    ['a token with a critical header that nobody knows', keyed(claims(), { ...MINE, crit: ['x'], x: 1 })],
    ['a token whose payload is not encoded', keyed(claims(), { ...MINE, crit: ['b64'], b64: false })],
    ['a token whose claims are a list', bearer(token(MINE, [claims()], byMine))],
    ['a token whose claims are no JSON', bearer(token(MINE, 'ada', byMine))],
    ['a token in five parts', bearer(`${good}.${body}.${signature}`)],
    ['a token in two parts', bearer(`${head}.${body}`)],
    ['a token behind a blank', bearer(` ${good} x`)],
    ['dots alone', bearer('..')],
  ])('%s is refused', async (_, credentials) => {
    const refused = identified(credentials);
    await expect(refused).rejects.toThrow(Refusal);
    await expect(refused).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
  });
});
