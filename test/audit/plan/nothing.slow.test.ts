import { AirlockError } from '../../../core/errors';
import { cleanPlan } from '../plans/clean-plan';
import { Draft } from '../plans/draft';

/** Pointers of every object and list below a value, with a few that stand for nothing else than themselves. */
function pointersIn(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([key, child]) =>
    pointersIn(child, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
  return [at, ...below].filter((pointer) => pointer !== '');
}

/** Broken input is refused in words; a rule that fails would prove nothing, and say so. */
function crashes(draft: Draft): string[] {
  try {
    return draft
      .allFindings()
      .filter(({ check }) => check === 'error')
      .map(({ rule, message }) => `${rule}: ${message}`);
  } catch (error) {
    if (error instanceof AirlockError && error.kind === 'input') return [];
    return [String(error)];
  }
}

describe('a plan in which something is nothing', () => {
  const pointers = pointersIn(cleanPlan());

  it.each([
    ['null', null],
    ['a list of null', [null]],
    ['an empty object', {}],
    ['an empty list', []],
    ['an empty text', ''],
    ['a list of lists', [[[]]]],
  ])('is judged, or refused as broken input, with %s in place of any object or list', (_, nothing) => {
    const found = pointers.flatMap((pointer) =>
      crashes(new Draft().put(pointer, nothing)).map((crash) => `${pointer}: ${crash}`),
    );
    expect(found).toEqual([]);
  });
});

describe('a plan that is nested too deeply', () => {
  const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

  it.each([1_000, 100_000])('is unproven with a document of %i levels in it, and no exception', (levels) => {
    const draft = new Draft()
      .put('/resource/helm_release/chat/values', [`{"objects": ${nested(levels)}}`])
      .put('/resource/kubernetes_config_map_v1/deep', {
        metadata: { name: 'deep', namespace: 'airlock-mirror' },
        data: { 'deep.json': `{"a": ${nested(levels)}}` },
      });
    expect(crashes(draft)).toEqual([]);
  });
});
