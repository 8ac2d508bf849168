import { differences, type Files, isVersionStamp } from './differences';

const PLAN = 'stacks/mirror/cdk.tf.json';

const synthesis = (version: string, change: Record<string, unknown> = {}): Files =>
  new Map(
    Object.entries({
      'manifest.json': { version, stacks: { mirror: {} } },
      [PLAN]: { '//': { metadata: { version } }, resource: { a: { b: { list: [1, 2], name: 'x' } } }, ...change },
    }).map(([name, value]) => [name, Buffer.from(JSON.stringify(value))]),
  );

const unexpected = (one: Files, other: Files): string[] =>
  differences(one, other).filter((difference) => !isVersionStamp(difference));

describe('two syntheses', () => {
  it('are equal but for the version stamps of the two tools', () => {
    const [one, other] = [synthesis('0.21.0'), synthesis('0.24.0')];
    expect(differences(one, other)).toEqual(['manifest.json#/version', `${PLAN}#/~1~1/metadata/version`]);
    expect(unexpected(one, other)).toEqual([]);
  });

  it('may write the keys of an object in another order', () => {
    const other = new Map(synthesis('1')).set('manifest.json', Buffer.from('{"stacks":{"mirror":{}},"version":"1"}'));
    expect(differences(synthesis('1'), other)).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a value', { resource: { a: { b: { list: [1, 2], name: 'y' } } } }, '/resource/a/b/name'],
    ['a type', { resource: { a: { b: { list: { 0: 1, 1: 2 }, name: 'x' } } } }, '/resource/a/b/list'],
    ['an item more', { resource: { a: { b: { list: [1, 2, 3], name: 'x' } } } }, '/resource/a/b/list/2'],
    ['a key less', { resource: { a: { b: { list: [1, 2] } } } }, '/resource/a/b/name'],
    ['another version elsewhere', { terraform: { version: '2' } }, '/terraform'],
  ])('differ by %s', (_case, change, place) => {
    expect(unexpected(synthesis('0.21.0'), synthesis('0.24.0', change))).toEqual([`${PLAN}#${place}`]);
  });

  it('differ by a file that only one has, and by bytes of what is no JSON', () => {
    const one = new Map(synthesis('1')).set('assets/a.yaml', Buffer.from('a')).set('only-here', Buffer.from(''));
    const other = new Map(synthesis('1')).set('assets/a.yaml', Buffer.from('b'));
    expect(unexpected(one, other)).toEqual(['assets/a.yaml', 'only-here']);
  });
});
