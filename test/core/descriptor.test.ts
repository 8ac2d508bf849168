import { formatPlatform, parsePlatform } from '../../core/descriptor';

it.each([
  ['linux/amd64', { os: 'linux', architecture: 'amd64' }],
  ['linux/arm/v7', { os: 'linux', architecture: 'arm', variant: 'v7' }],
])('%s is a platform, and is written so', (text, platform) => {
  expect(parsePlatform(text)).toStrictEqual(platform);
  expect(formatPlatform(platform)).toBe(text);
});

it('what names no architecture is one of no machine', () => {
  expect(parsePlatform('linux')).toEqual({ os: 'linux', architecture: '' });
  expect(parsePlatform('')).toEqual({ os: '', architecture: '' });
});
