/** Nobody changes what a release wrote. */
import { readFileSync } from 'node:fs';
import { kitVersion } from '../../core/assets';
import { digestOf } from '../../core/digest';
import { formatsBelow } from '../../tools/corpus/formats';
import { digestsBelow, readManifest, readReleases } from '../../tools/corpus/manifest';
import { filesBelow, partOf, releaseFolder, releases } from '../../tools/corpus/places';

it('has the release that package.json names: `npm run corpus:add -- VERSION` when it is made', () => {
  // A version with a hyphen is on its way, and its formats may change.
  if (!kitVersion().includes('-')) expect(releases()).toContain(kitVersion());
});

it('enters every release once, with the digest of its manifest', () => {
  const manifests = releases().map((release) => [release, digestOf(readFileSync(partOf(release, 'manifest')))]);
  expect(readReleases()).toEqual(Object.fromEntries(manifests));
});

describe.each(releases())('what %s left', (release) => {
  it('is what its manifest lists, byte for byte, and nothing else', () => {
    expect(digestsBelow(releaseFolder(release))).toEqual(readManifest(release).files);
  });

  it('has the formats that its manifest names', () => {
    expect(readManifest(release).release).toBe(release);
    expect(formatsBelow(releaseFolder(release))).toEqual(readManifest(release).formats);
  });

  it('is small: below 300 kB', () => {
    const folder = releaseFolder(release);
    const bytes = filesBelow(folder).reduce((sum, file) => sum + readFileSync(`${folder}/${file}`).length, 0);
    expect(bytes).toBeLessThan(300_000);
  });
});
