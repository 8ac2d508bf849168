import { badInput, checkFailed, environmentFailed } from '../../../core/errors';
import { verdictOf } from '../../../offline-bundle/verify/verdict';

describe('an error about content that a stranger wrote', () => {
  it.each([
    ['a failed check', checkFailed('BUNDLE_DAMAGED', 'it is damaged')],
    ['broken input', badInput('LOCK_FILE_INVALID', 'it is damaged')],
    ['an error of Node', new TypeError('it is damaged')],
    ['a text', 'it is damaged'],
  ])('is what it says: %s', (_what, error) => {
    expect(verdictOf(error)).toBe('it is damaged');
  });

  it('says nothing about the content where the machine failed', () => {
    const error = environmentFailed('DISK_FULL', 'no space');
    expect(() => verdictOf(error)).toThrow(error);
  });
});
