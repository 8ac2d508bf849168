import { badInput, checkFailed, environmentFailed } from '../../../core/errors';
import { Failures } from '../../../offline-bundle/resolve/failures';
import { rejection } from '../fetch/clients';

const fail = (error: Error) => (): Promise<string> => Promise.reject(error);
const thrown = (failures: Failures): Promise<Error & { code?: string; fix?: string }> =>
  rejection(Promise.resolve().then(() => failures.throwIfAny()));

describe('failures', () => {
  it('are nothing when all went well', async () => {
    const failures = new Failures();
    expect(await failures.attempt('a', () => Promise.resolve(7))).toBe(7);
    expect(() => {
      failures.throwIfAny();
    }).not.toThrow();
  });

  it('keep code and fix of a single one', async () => {
    const failures = new Failures();
    expect(
      await failures.attempt('image a', fail(checkFailed('UPSTREAM_CONTENT_MISMATCH', 'wrong', 'look'))),
    ).toBeUndefined();
    expect(await thrown(failures)).toMatchObject({
      code: 'UPSTREAM_CONTENT_MISMATCH',
      message: 'image a: wrong',
      fix: 'look',
    });
  });

  it('are all named, sorted by label, under the code that a rerun does not mend', async () => {
    const failures = new Failures();
    await failures.attempt('c', fail(environmentFailed('UPSTREAM_BUSY', 'busy', 'wait')));
    await failures.attempt('b', fail(badInput('UPSTREAM_NOT_FOUND', 'missing', 'write it')));
    await failures.attempt('a', fail(checkFailed('UPSTREAM_CONTENT_MISMATCH', 'wrong', 'look')));
    const error = await thrown(failures);
    expect(error.code).toBe('UPSTREAM_NOT_FOUND');
    expect(error.message).toBe(
      '3 things could not be resolved:\n  a: wrong\n    fix: look\n  b: missing\n    fix: write it\n  c: busy\n    fix: wait',
    );
  });

  it.each([
    [2, 'a0; a1'],
    [4, 'a0; a1; a2; a3'],
    [1500, 'a0; a1; a10; and 1497 more'],
  ])('that are equal are told once, with %i labels', async (count, labels) => {
    const failures = new Failures();
    for (let at = 0; at < count; at += 1)
      await failures.attempt(`a${at}`, fail(environmentFailed('UPSTREAM_BUSY', 'busy', 'wait')));
    await failures.attempt('b', fail(environmentFailed('UPSTREAM_BUSY', 'busy', 'wait longer')));
    expect((await thrown(failures)).message).toBe(
      `${count + 1} things could not be resolved:\n  ${labels}: busy\n    fix: wait\n  b: busy\n    fix: wait longer`,
    );
  });

  it('do not hide a defect', async () => {
    await expect(new Failures().attempt('a', fail(new TypeError('defect')))).rejects.toThrow('defect');
  });
});
