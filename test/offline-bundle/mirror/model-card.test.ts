import { parseModelCard, tagsOf } from '../../../offline-bundle/mirror/model-card';

describe('a model card', () => {
  it('is the front matter of the README', () => {
    const card = parseModelCard('---\nlicense: apache-2.0\ntags: [a, b]\n---\n# A model\n');
    expect(card).toEqual({ license: 'apache-2.0', tags: ['a', 'b'] });
    expect(tagsOf(card)).toEqual(['a', 'b', 'license:apache-2.0']);
  });

  it.each(['', '# no front matter', '---\n- a list\n---\n', '---\na: [\n---\n', '---\nunclosed: true\n'])(
    'is empty for %j',
    (text) => {
      expect(parseModelCard(text)).toEqual({});
    },
  );

  it('gives every tag once, whatever the types in the card are', () => {
    expect(
      tagsOf({ tags: ['x', 7, 'x'], library_name: 'transformers', pipeline_tag: 'x', base_model: ['o/m'] }),
    ).toEqual(['x', 'transformers', 'base_model:o/m']);
  });
});
