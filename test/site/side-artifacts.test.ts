import { HARMONY_VOCABULARIES } from '../../catalog/side-artifacts';
import type { Site } from '../../site/generated/site';
import { checkLock } from '../../site/lock/lock-file';
import { lockRequests } from '../../site/requests/requests';
import { lockFor, site } from './fixtures';

const [cl100k, o200k] = HARMONY_VOCABULARIES.files;

/** The small site with a Harmony model. */
function harmony(change: Partial<Site> = {}): Site {
  const small = site();
  const models = small.models.map((model) => ({
    ...model,
    source: { ...model.source, repository: 'openai/gpt-oss-20b' },
  }));
  return { ...small, models, ...change };
}

describe('side artifacts in the lock', () => {
  it('are requested without the site listing them, with the servings that need them', () => {
    expect(lockRequests(site()).files).toEqual([]);
    const [chat] = harmony().servings;
    const servings = [{ ...chat!, name: 'two' }, chat!];
    expect(lockRequests(harmony({ servings })).files).toEqual(
      [cl100k, o200k].map((file) => ({ ...file, usedBy: ['serving/chat', 'serving/two'] })),
    );
  });

  it('are the same file where the site lists it too', () => {
    const mirrored = { ...o200k!, url: 'https://mirror.example/o200k_base.tiktoken' };
    const { files } = lockRequests(harmony({ files: [mirrored] }));
    expect(files).toEqual([
      { ...cl100k, usedBy: ['serving/chat'] },
      { ...mirrored, usedBy: ['serving/chat'] },
    ]);
  });

  it('refuse a file of the site that has their name and other bytes', () => {
    const other = { ...o200k!, sha256: '0'.repeat(64) };
    expect(() => lockRequests(harmony({ files: [other] }))).toThrow(
      'file "tiktoken-o200k-base" of the site is not the one that serving "chat" needs',
    );
  });

  it('are missed by a lock without them', () => {
    const lock = lockFor(harmony());
    expect(checkLock(lock, harmony())).toEqual([]);
    lock.files.shift();
    expect(checkLock(lock, harmony())).toEqual(['file tiktoken-cl100k-base: in the site, not in the lock']);
  });

  it('are told from files that only people use', () => {
    const lock = lockFor(harmony());
    delete lock.files[0]!.usedBy;
    expect(checkLock(lock, harmony())).toEqual([
      'file tiktoken-cl100k-base: usedBy is ["serving/chat"] in the site, absent in the lock',
    ]);
  });
});
