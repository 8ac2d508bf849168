import {
  configPlatform,
  indexChildren,
  manifestParts,
  servesPlatform,
} from '../../../offline-bundle/resolve/foreign-manifest';

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const digest = `sha256:${'a'.repeat(64)}`;
const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 2 };

describe('manifests of strangers', () => {
  it.each([
    [{ layers: [] }, 'its config has no descriptor'],
    [{ config }, 'lists no layers'],
    [{ config: { ...config, size: -1 }, layers: [] }, 'lacks mediaType, digest or size'],
    [{ config: { ...config, digest: `sha512:${'a'.repeat(128)}` }, layers: [] }, 'only sha256 is supported'],
    [
      { config: { ...config, mediaType: 'application/vnd.cncf.helm.config.v1+json' }, layers: [] },
      'it is no container image',
    ],
    [{ config, layers: [{ ...config, digest: 7 }] }, 'the descriptor of its layer 1'],
  ])('are refused with the place: %j', (manifest, message) => {
    expect(() => manifestParts(json(manifest), 'x')).toThrow(message);
  });

  it('list children with and without platforms', () => {
    const children = indexChildren(
      json({ manifests: [config, { ...config, platform: { os: 'linux', architecture: 'arm64', variant: '' } }] }),
      'x',
    );
    expect(children.map(({ platform }) => platform)).toEqual([undefined, { os: 'linux', architecture: 'arm64' }]);
    expect(() => indexChildren(json({ manifests: {} }), 'x')).toThrow('lists no manifests');
  });

  it('state a platform in their config', () => {
    expect(configPlatform(json({ os: 'linux', architecture: 'amd64' }), 'x')).toEqual({
      os: 'linux',
      architecture: 'amd64',
    });
    expect(() => configPlatform(json({ os: 'linux' }), 'x')).toThrow('states no os and architecture');
  });
});

it.each([
  ['linux/amd64', 'linux', 'amd64', undefined, true],
  ['linux/amd64', 'linux', 'amd64', 'v1', true],
  ['linux/amd64', 'linux', 'amd64', 'v3', false],
  ['linux/arm64', 'linux', 'arm64', 'v8', true],
  ['linux/arm64', 'linux', 'arm64', 'v9', false],
  ['linux/arm64', 'linux', 'arm', 'v8', false],
  ['linux/amd64', 'windows', 'amd64', undefined, false],
])('for %s, %s/%s/%s serves: %s', (wanted, os, architecture, variant, serves) => {
  expect(servesPlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) }, wanted)).toBe(serves);
});
