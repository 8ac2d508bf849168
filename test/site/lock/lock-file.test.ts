import { checkLock, parseLock, serializeLock } from '../../../site/lock/lock-file';
import { lookup } from '../../../site/lock/lock-lookup';
import { parseEnclave } from '../../../site/load-enclave';
import { starterFiles } from '../../../site/starter-files';
import type { Site } from '../../../site/generated/site';
import { REVISION, lockFor, site } from '../fixtures';
import { edited } from '../starter';

describe('a lock file', () => {
  it('survives writing and reading', () => {
    const lock = lockFor(site());
    expect(parseLock(serializeLock(lock), 'airlock.lock.json')).toEqual(lock);
  });

  it('is refused when it is not JSON or not a lock', () => {
    expect(() => parseLock('{', 'airlock.lock.json')).toThrow(/is not JSON/);
    expect(() => parseLock('{"kind":"Lock"}', 'airlock.lock.json')).toThrow(/is not a valid lock/);
  });
});

describe('checkLock', () => {
  it('finds no difference between a site and its lock', () => {
    expect(checkLock(lockFor(site()), site())).toEqual([]);
  });

  it('does not mind changes that need no new bytes', () => {
    const scaled: Site = { ...site(), servings: site().servings.map((serving) => ({ ...serving, replicas: 4 })) };
    expect(checkLock(lockFor(site()), scaled)).toEqual([]);
  });

  it('refuses the lock of another site', () => {
    expect(checkLock(lockFor({ ...site(), name: 'other' }), site())).toEqual([
      'the lock is for site "other", the site is "nordlicht"',
    ]);
  });

  it('names a changed revision, a missing image and a left-over one', () => {
    const wanted = site();
    const lock = lockFor(wanted);
    lock.models[0]!.source.revision = '2'.repeat(40);
    lock.images = lock.images.filter((image) => image.name !== 'toolbox');
    lock.images.push({ ...lock.images[0]!, name: 'stray' });
    expect(checkLock(lock, wanted)).toEqual([
      'image toolbox: in the site, not in the lock',
      'image stray: in the lock, not in the site',
      `model tiny: revision is "${REVISION}" in the site, "${'2'.repeat(40)}" in the lock`,
    ]);
  });

  it('refuses an image that the lock files under a foreign repository', () => {
    const lock = lockFor(site());
    lock.images[0]!.repository = 'evil/image';
    expect(checkLock(lock, site())[0]).toMatch(/not that of its reference/);
  });
});

describe('lookup', () => {
  const enclave = parseEnclave(edited(starterFiles('nordlicht')['enclave.yaml']), 'enclave.yaml');

  it('names the platform manifest where the index is carried in part, else the index', () => {
    const lock = lockFor(site());
    const image = lock.images.find((candidate) => candidate.name === 'toolbox')!;
    expect(lookup(lock).imageDigest('toolbox', 'linux/amd64')).toBe(image.manifests[0]!.digest);
    image.complete = true;
    expect(lookup(lock).imageDigest('toolbox', 'linux/amd64')).toBe(image.index!.digest);
  });

  it('writes references on the enclave registry by digest', () => {
    expect(lookup(lockFor(site())).imageReference(enclave, 'toolbox', 'linux/amd64')).toMatch(
      /^registry\.nordlicht\.internal:5443\/docker\.io\/library\/busybox@sha256:[0-9a-f]{64}$/,
    );
  });

  it('says what the lock lacks', () => {
    expect(() => lookup(lockFor(site())).imageDigest('toolbox', 'linux/arm64')).toThrow(
      /no image "toolbox" for linux\/arm64/,
    );
    expect(() => lookup(lockFor(site())).modelManifest('huge')).toThrow(/no model "huge"/);
  });
});
