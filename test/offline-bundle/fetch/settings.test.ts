import { throughUpstream, upstreamSettings } from '../../../offline-bundle/fetch/settings';

describe('upstream settings', () => {
  it('lead to the public Hub, with six downloads at once, when nothing is said', () => {
    const settings = upstreamSettings({}, {});
    expect(settings.hfEndpoint.href).toBe('https://huggingface.co/');
    expect(settings.concurrency).toBe(6);
    expect(settings.outageMs).toBe(600_000);
    expect(settings.upstreams.size).toBe(0);
    expect(settings.hfToken).toBeUndefined();
    expect(settings.proxies).toEqual({ http: '', https: '', no: '' });
  });

  it('take everything that the environment names', () => {
    const settings = upstreamSettings(
      {},
      {
        HF_ENDPOINT: 'https://hub.example/hf/',
        HF_TOKEN: ' hf_secret\n',
        DOCKER_CONFIG: '/run/docker',
        AIRLOCK_UPSTREAMS: 'docker.io=https://mirror.example/docker/, GHCR.io=http://127.0.0.1:5000',
        SSL_CERT_FILE: '/etc/ca.pem',
        HTTPS_PROXY: 'http://ignored.example:1',
        https_proxy: 'http://proxy.example:3128',
        NO_PROXY: '.example',
      },
    );
    expect(settings.hfEndpoint.href).toBe('https://hub.example/hf');
    expect(settings.hfToken).toBe('hf_secret');
    expect(settings.dockerConfig).toBe('/run/docker');
    expect(settings.upstreams.get('docker.io')?.href).toBe('https://mirror.example/docker');
    expect(settings.upstreams.get('ghcr.io')?.href).toBe('http://127.0.0.1:5000/');
    expect(settings.authorityFiles).toEqual(['/etc/ca.pem']);
    expect(settings.proxies).toEqual({ http: '', https: 'http://proxy.example:3128', no: '.example' });
  });

  it('let flags win over the environment', () => {
    const settings = upstreamSettings(
      { upstream: ['docker.io=http://127.0.0.1:2', 'quay.io=http://127.0.0.1:3'], ca: 'own.pem', concurrency: 2 },
      { AIRLOCK_UPSTREAMS: 'docker.io=http://127.0.0.1:1', SSL_CERT_FILE: 'system.pem' },
    );
    expect(settings.upstreams.get('docker.io')?.port).toBe('2');
    expect(settings.authorityFiles).toEqual(['own.pem', 'system.pem']);
    expect(settings.concurrency).toBe(2);
  });

  it('refuse to send a Hub token unencrypted, except to this machine', () => {
    const env = { HF_ENDPOINT: 'http://hub.example', HF_TOKEN: 'hf_secret' };
    expect(() => upstreamSettings({}, env)).toThrow('HF_TOKEN would travel unencrypted to hub.example');
    expect(upstreamSettings({}, { ...env, HF_ENDPOINT: 'http://127.0.0.1:80' }).hfToken).toBe('hf_secret');
  });

  it.each([
    ['docker.io', 'is not an upstream'],
    ['=http://x.example', 'is not an upstream'],
    ['docker.io=mirror.example', 'is not an http address'],
    ['docker.io=ftp://mirror.example', 'is not an http address'],
    ['docker.io=https://me:secret@mirror.example', 'must hold no user'],
    ['docker.io=https://mirror.example?x=1', 'must hold no user, query'],
  ])('refuse the upstream %s', (upstream, message) => {
    expect(() => upstreamSettings({ upstream: [upstream] }, {})).toThrow(message);
  });

  it('wait for an outage as many minutes as told, or not at all', () => {
    expect(upstreamSettings({ outage: 90 }, {}).outageMs).toBe(5_400_000);
    expect(upstreamSettings({ outage: 0 }, {}).outageMs).toBe(0);
    for (const outage of [-1, 1441, 1.5, NaN])
      expect(() => upstreamSettings({ outage }, {})).toThrow('cannot be waited for');
  });

  it.each([0, -1, 65, 1.5, NaN])('refuse %d downloads at once', (concurrency) => {
    expect(() => upstreamSettings({ concurrency }, {})).toThrow('not possible');
  });
});

describe('an address by way of an upstream', () => {
  const upstreams = new Map([['downloads.example:8443', new URL('http://127.0.0.1:1234/mirror')]]);

  it('keeps path and query below the base', () => {
    const url = throughUpstream(new URL('https://Downloads.example:8443/a%20b/c.zip?v=1'), upstreams);
    expect(url.href).toBe('http://127.0.0.1:1234/mirror/a%20b/c.zip?v=1');
  });

  it('is the address itself for other hosts and ports', () => {
    expect(throughUpstream(new URL('https://downloads.example/x'), upstreams).href).toBe('https://downloads.example/x');
  });
});
