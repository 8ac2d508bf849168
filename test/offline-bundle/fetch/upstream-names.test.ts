import type { AirlockError } from '../../../core/errors';
import { transportError } from '../../../offline-bundle/fetch/network-errors';
import { upstreamSettings } from '../../../offline-bundle/fetch/settings';
import { upstreamNames } from '../../../offline-bundle/fetch/upstream-names';
import { lockRequests } from '../../../site/requests/requests';
import { examples, loadFiles } from '../../../tools/examples';
import { site } from '../../site/fixtures';

const NAMES = upstreamNames(lockRequests(site()), ['https://packages.example:8443/a.zip']);
const given = (name: string, env = {}) => upstreamSettings({ upstream: [`${name}=http://127.0.0.1:1`] }, env, NAMES);

function refusal(name: string, env = {}): AirlockError {
  try {
    given(name, env);
  } catch (error) {
    return error as AirlockError;
  }
  throw new Error(`${name} was taken`);
}

it('names what a site reaches as people write it, and where the lock says that packages lie', () => {
  expect(NAMES).toEqual([
    'docker.io',
    'huggingface.co',
    'packages.example:8443',
    'registry.terraform.io',
    'releases.hashicorp.com',
  ]);
});

it('names every host of every example, charts and files among them', async () => {
  for (const { folder } of examples()) {
    const { site: one } = await loadFiles(folder);
    const requests = lockRequests(one);
    const names = upstreamNames(requests);
    const texts = [
      ...requests.images.map(({ reference }) => `https://${reference}`),
      ...requests.files.map(({ url }) => url),
    ];
    expect(names).toEqual(expect.arrayContaining([...new Set(texts.map((text) => new URL(text).host))]));
  }
});

it.each(NAMES)('takes an upstream for %s, in capitals as well', (name) => {
  expect(given(name).upstreams.has(name)).toBe(true);
  expect(given(name.toUpperCase()).upstreams.has(name)).toBe(true);
});

it.each(NAMES)('refuses what only resembles %s, and names those in use', (name) => {
  const { kind, message, fix } = refusal(`x${name}`);
  expect([kind, message]).toEqual(['input', `--upstream x${name}: nothing is fetched from there`]);
  expect(fix).toBe(`did you mean ${name}? this site fetches from: ${NAMES.join(', ')}`);
});

it('takes hosts that resemble nothing for those of other sites, and says that nothing is fetched from there', () => {
  expect(given('bogus.invalid').unused).toEqual(['bogus.invalid']);
  for (const name of NAMES) expect(given(name).unused).toEqual([]);
});

it('says docker.io for the hosts of Docker Hub', () => {
  for (const host of ['registry-1.docker.io', 'index.docker.io'])
    expect(refusal(host).fix).toMatch(/^did you mean docker\.io\?/);
});

it('refuses the Hub where HF_ENDPOINT leads elsewhere, and takes what the environment lists for other sites', () => {
  expect(refusal('huggingface.co', { HF_ENDPOINT: 'https://hub.example' }).message).toContain('huggingface.co');
  expect(upstreamSettings({}, { AIRLOCK_UPSTREAMS: 'other.example=http://127.0.0.1:1' }, NAMES).upstreams.size).toBe(1);
});

describe('the advice of an error', () => {
  const advice = (host: string, code: string, names: readonly string[] | undefined = NAMES): string =>
    transportError(new URL(`https://${host}/v2/`), Object.assign(new Error(code), { code }), 1, names).fix ?? '';

  it.each(['ENOTFOUND', 'EAI_AGAIN', 'ERR_SSL_WRONG_VERSION_NUMBER'])('%s names an upstream that is taken', (code) => {
    for (const host of ['registry-1.docker.io', ...NAMES]) {
      const [, name = ''] = /--upstream (\S+?)=/.exec(advice(host, code)) ?? [];
      expect(() => given(name)).not.toThrow();
    }
  });

  it.each(['ENOTFOUND', 'EAI_AGAIN', 'ERR_SSL_WRONG_VERSION_NUMBER'])(
    '%s names none for a host that a redirect led to',
    (code) => {
      expect(advice('auth.docker.io', code)).not.toContain('--upstream');
      expect(advice('auth.docker.io', code)).not.toBe('');
    },
  );
});
