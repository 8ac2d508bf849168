import { badInput, checkFailed, environmentFailed } from '../../../core/errors';
import { Failures } from '../../../offline-bundle/resolve/failures';
import { rejection } from '../fetch/clients';

const fail = (error: Error) => (): Promise<string> => Promise.reject(error);
const thrown = (failures: Failures): Promise<Error & { kind?: string; fix?: string }> =>
  rejection(Promise.resolve().then(() => failures.throwIfAny()));

describe('failures', () => {
  it('are nothing when all went well', async () => {
    const failures = new Failures();
    expect(await failures.attempt('a', () => Promise.resolve(7))).toBe(7);
    expect(() => {
      failures.throwIfAny();
    }).not.toThrow();
  });

  it('keep kind and fix of a single one', async () => {
    const failures = new Failures();
    expect(await failures.attempt('image a', fail(checkFailed('wrong', 'look')))).toBeUndefined();
    expect(await thrown(failures)).toMatchObject({ kind: 'check', message: 'image a: wrong', fix: 'look' });
  });

  it('are all named, sorted by label, under the kind that a rerun does not mend', async () => {
    const failures = new Failures();
    await failures.attempt('c', fail(environmentFailed('busy')));
    await failures.attempt('b', fail(badInput('missing', 'write it')));
    await failures.attempt('a', fail(checkFailed('wrong')));
    const error = await thrown(failures);
    expect(error.kind).toBe('input');
    expect(error.message).toBe(
      '3 things could not be resolved:\n  a: wrong\n  b: missing\n    fix: write it\n  c: busy',
    );
  });

  it('do not hide a defect', async () => {
    await expect(new Failures().attempt('a', fail(new TypeError('defect')))).rejects.toThrow('defect');
  });
});
