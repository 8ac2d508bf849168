import fc from 'fast-check';
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { valueLines } from '../../../audit/plan/value-lines';
import { escapeSegment } from '../../../audit/plan/node';

/** Pointer → line of each value, by the reader of YAML, which takes JSON. */
function linesByYaml(text: string): Map<string, number> {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: false });
  const found = new Map<string, number>();
  const walk = (node: unknown, pointer: string): void => {
    const { range } = node as { range: [number, number, number] };
    found.set(pointer, counter.linePos(range[0]).line);
    if (isMap(node))
      for (const { key, value } of node.items)
        walk(value, `${pointer}/${escapeSegment(String(isScalar(key) ? key.value : key))}`);
    if (isSeq(node)) node.items.forEach((item, at) => walk(item, `${pointer}/${String(at)}`));
  };
  walk(document.contents, '');
  return found;
}

describe('lines of values', () => {
  it('are those that another reader finds, for every value of a text', () => {
    const space = fc.constantFrom('', 1, 2, '\t', '\r\n', '\n \n');
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), space, (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const expected = linesByYaml(text);
        const lineOf = valueLines(text, expected.keys());
        expect([...expected.keys()].map((pointer) => [pointer, lineOf(pointer)])).toEqual([...expected]);
      }),
    );
  });

  it('of what is missing are those of what would hold it', () => {
    const text = JSON.stringify({ a: { b: [1, { c: 2 }] }, d: 3 }, null, 2);
    const lineOf = valueLines(text, ['/a/b/1/missing/deep', '/a/b/7', '/gone', '/d/below']);
    expect(['/a/b/1/missing/deep', '/a/b/7', '/gone', '/d/below', '/never-asked'].map(lineOf)).toEqual([
      5, 3, 1, 10, 1,
    ]);
  });

  it('of a key with quotes, slashes and tildes are found by its pointer', () => {
    const text = '{\n"a\\"/~\\u0041": {\n"x": 1 } }';
    expect(valueLines(text, ['/a"~1~0A/x'])('/a"~1~0A/x')).toBe(3);
  });
});
