import * as errors from '../../core/errors';

const { AirlockError, badInput, checkFailed, environmentFailed } = errors;

describe('AirlockError', () => {
  it('maps each kind to its exit code', () => {
    expect([checkFailed('a'), badInput('b'), environmentFailed('c')].map((error) => error.exitCode)).toEqual([1, 2, 3]);
  });

  it('is recognized across copies of the module', () => {
    jest.isolateModules(() => {
      const copy = jest.requireActual<typeof errors>('../../core/errors');
      expect(copy.AirlockError).not.toBe(AirlockError);
      expect(copy.badInput('x') instanceof AirlockError).toBe(true);
    });
  });

  it('does not claim other errors', () => {
    expect(new Error('x') instanceof AirlockError).toBe(false);
    expect(Object(undefined) instanceof AirlockError).toBe(false);
  });
});
