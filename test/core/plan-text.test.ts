import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { TOKEN_MARK, unsafeCharacter } from '../../core/plan-text';

describe('text that reaches a plan', () => {
  it.each([
    ['\u007f', 'U+007F'],
    ['a\u0085b', 'U+0085'],
    ['\u009f', 'U+009F'],
    ['\ufeff', 'U+FEFF'],
    ['x\ufffe', 'U+FFFE'],
    ['\uffff', 'U+FFFF'],
    ['\ud800', 'U+D800'],
    ['a\udfffb', 'U+DFFF'],
    ['\u0085\ufeff', 'U+0085'],
  ])('names the first character that YAML does not carry: %j', (text, name) => {
    expect(unsafeCharacter(text)).toBe(name);
  });

  it.each(['', 'plain', 'ümläut', '日本', '\u{1f600}', '\u00a0', '\u2028', '~'])('carries %j', (text) => {
    expect(unsafeCharacter(text)).toBeUndefined();
  });

  it('comes back from YAML as it was, wherever nothing is named', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (unsafeCharacter(text) === undefined) expect(parse(stringify({ text }))).toEqual({ text });
      }),
    );
  });

  it('knows how CDKTF marks what Terraform alone knows', () => {
    expect('${TfToken[TOKEN.0]}').toContain(TOKEN_MARK);
  });
});
