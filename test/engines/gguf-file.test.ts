import { chooseGguf } from '../../engines/gguf-file';
import { file, request } from './requests';

const choose = (paths: readonly string[], named?: string) =>
  chooseGguf(request({ files: paths.map((path) => file(path)), ...(named === undefined ? {} : { file: named }) }));

const SPLIT = ['q8/m-00001-of-00003.gguf', 'q8/m-00002-of-00003.gguf', 'q8/m-00003-of-00003.gguf'];

describe('chooseGguf', () => {
  it('takes the only file', () => {
    expect(choose(['README.md', 'm.gguf'])).toEqual({ path: 'm.gguf', bytes: 10 });
  });

  it('takes the first part of a split and counts all of them', () => {
    expect(choose([...SPLIT].reverse())).toEqual({ path: SPLIT[0], bytes: 30 });
  });

  it('takes the first part even where the site names another', () => {
    expect(choose([...SPLIT, 'other.gguf'], SPLIT[1]).path).toBe(SPLIT[0]);
  });

  it('leaves multimodal projectors out', () => {
    expect(choose(['mmproj-f16.gguf', 'm.gguf']).path).toBe('m.gguf');
  });

  it('takes the file that the site names', () => {
    expect(choose(['a.gguf', 'b.gguf'], 'b.gguf').path).toBe('b.gguf');
  });

  it.each<[string, readonly string[], string | undefined, string]>([
    ['no GGUF', ['model.safetensors'], undefined, 'its engine loads GGUF, and the locked model has none'],
    ['two of them', ['a.gguf', 'b.gguf'], undefined, 'has 2 GGUF files'],
    ['an unknown file', ['a.gguf'], 'c.gguf', 'has no file "c.gguf"'],
    ['a missing part', SPLIT.slice(0, 2), undefined, 'has no q8/m-00003-of-00003.gguf'],
    ['only later parts', SPLIT.slice(1), undefined, 'the locked model has none'],
  ])('refuses %s', (_case, paths, named, message) => {
    expect(() => choose(paths, named)).toThrow(message);
  });
});
