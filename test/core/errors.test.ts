import {
  AirlockError,
  badInput,
  checkFailed,
  environmentFailed,
  type ErrorCode,
  EXIT_CODES,
  internalFault,
} from '../../core/errors';
import { ERROR_CODE_GROUPS, ERROR_CODES } from '../../core/error-codes';

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];

describe('AirlockError', () => {
  it('maps each kind to its exit code', () => {
    const each = [
      checkFailed('BUNDLE_DAMAGED', 'a'),
      badInput('LOCK_FILE_INVALID', 'b'),
      environmentFailed('DISK_FULL', 'c'),
      internalFault('d'),
    ];
    expect(each.map(({ exitCode }) => exitCode)).toEqual([1, 2, 3, 4]);
  });

  it('takes from a helper only codes of its kind', () => {
    // @ts-expect-error a failed check is no bad input
    expect(badInput('BUNDLE_DAMAGED', 'a').kind).toBe('check');
    // @ts-expect-error bad input is no failed check
    expect(checkFailed('LOCK_FILE_INVALID', 'a').kind).toBe('input');
    // @ts-expect-error bad input is no failure of the environment
    expect(environmentFailed('LOCK_FILE_INVALID', 'a').kind).toBe('input');
    // @ts-expect-error the table has no such code
    expect(() => badInput('NO_SUCH_CODE', 'a')).toThrow();
  });

  it.each(CODES)('has the kind and the fix that the table states for %s', (code) => {
    const { kind, fix } = ERROR_CODES[code];
    expect(new AirlockError(code, 'what')).toMatchObject({ code, kind, fix, exitCode: EXIT_CODES[kind] });
  });

  it('says what it is, what was wrong and each item in a line of its own', () => {
    const error = new AirlockError('BUNDLE_DAMAGED', 'two blobs are damaged', { items: ['a', 'b'] });
    expect(String(error)).toBe('AirlockError: two blobs are damaged\n  a\n  b');
    expect(error).toMatchObject({ what: 'two blobs are damaged', items: ['a', 'b'], faults: [] });
    expect(new AirlockError('BUNDLE_DAMAGED', 'damaged')).toMatchObject({ message: 'damaged', items: [], faults: [] });
  });

  it('keeps what it comes from, where it comes from something', () => {
    const cause = new Error('ENOSPC');
    expect(environmentFailed('DISK_FULL', 'what', 'free some', cause)).toMatchObject({ cause, fix: 'free some' });
    expect(new AirlockError('DISK_FULL', 'what', { cause: 0 }).cause).toBe(0);
    expect(Object.hasOwn(environmentFailed('DISK_FULL', 'what'), 'cause')).toBe(false);
  });

  it('takes the fix that a helper is given', () => {
    const [closer, told] = ['closer', { fix: 'closer' }];
    expect(checkFailed('BUNDLE_DAMAGED', 'what', closer)).toMatchObject(told);
    expect(environmentFailed('DISK_FULL', 'what', closer)).toMatchObject(told);
  });

  it('prefers the closer fix, and those of its faults', () => {
    expect(badInput('LOCK_FILE_INVALID', 'what', 'closer').fix).toBe('closer');
    const fault = { file: 'site.yaml', line: 1, column: 1, path: '', message: 'wrong' };
    expect(new AirlockError('SITE_FILE_INVALID', 'what', { faults: [fault] }).fix).toBeUndefined();
  });
});

describe('the table of codes', () => {
  it('has each code in one group', () => {
    const grouped = Object.values(ERROR_CODE_GROUPS).flatMap((group) => Object.keys(group));
    expect([...grouped].sort()).toEqual([...CODES].sort());
  });

  it.each(CODES)('says in one sentence each why %s is thrown and what to do', (code) => {
    const { cause, fix } = ERROR_CODES[code];
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    for (const text of [cause, fix]) {
      expect(text).toMatch(/^\S.*[^.]\.$/);
      expect(text).not.toMatch(/\. [A-Z]/);
    }
  });
});
