import { groupedBy, once, onceWithin } from '../../core/remember';

describe('an answer that is worked out once', () => {
  it('is kept for each object, also where it is undefined', () => {
    const asked: object[] = [];
    const answer = once((of: { readonly value?: number }) => {
      asked.push(of);
      return of.value;
    });
    const [one, other] = [{ value: 1 }, {}];
    expect([one, other, one, other].map(answer)).toEqual([1, undefined, 1, undefined]);
    expect(asked).toEqual([one, other]);
  });

  it('is thrown each time where there is none', () => {
    let times = 0;
    const answer = once((): number => {
      times += 1;
      throw new Error('unknown');
    });
    const of = {};
    expect(() => answer(of)).toThrow('unknown');
    expect(() => answer(of)).toThrow('unknown');
    expect(times).toBe(2);
  });

  it('is another one where the object is seen from elsewhere', () => {
    const seen = onceWithin((of: { readonly name: string }, within: { readonly by: string }) => [of.name, within.by]);
    const [of, here, there] = [{ name: 'a' }, { by: 'x' }, { by: 'y' }];
    expect([seen(of, here), seen(of, there)]).toEqual([
      ['a', 'x'],
      ['a', 'y'],
    ]);
    expect(seen(of, here)).toBe(seen(of, here));
  });
});

describe('a list that is found by key', () => {
  it('keeps its order, and is gone through once', () => {
    let keys = 0;
    const find = groupedBy((word: string) => {
      keys += 1;
      return word.charAt(0);
    });
    const words = ['ba', 'aa', 'bb', 'ab'];
    expect([find(words, 'a'), find(words, 'b'), find(words, 'c')]).toEqual([['aa', 'ab'], ['ba', 'bb'], []]);
    expect(keys).toBe(words.length);
    expect(find(words, 'a')).toBe(find(words, 'a'));
  });
});
