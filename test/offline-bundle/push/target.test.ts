import { parseTarget, repositoryAt } from '../../../offline-bundle/push/target';

const shown = (text: string, plainHttp = false): string => {
  const target = parseTarget(text, plainHttp);
  return `${target.base.href} ${repositoryAt(target, 'models/a')}`;
};

it.each([
  ['registry.example', 'https://registry.example/ models/a'],
  ['registry.example:5000/air/lock/', 'https://registry.example:5000/ air/lock/models/a'],
  ['https://registry.example/x', 'https://registry.example/ x/models/a'],
  ['localhost:5000', 'http://localhost:5000/ models/a'],
  ['127.0.0.1:5000/x', 'http://127.0.0.1:5000/ x/models/a'],
  ['[::1]:5000/x', 'http://[::1]:5000/ x/models/a'],
  ['[fd00::7]/x', 'https://[fd00::7]/ x/models/a'],
  ['https://localhost:5000', 'https://localhost:5000/ models/a'],
  ['registry', 'https://registry/ models/a'],
])('%s is a place in a registry', (text, expected) => {
  expect(shown(text)).toBe(expected);
});

it('is another machine without TLS only where somebody says so', () => {
  expect(() => shown('http://registry.example/x')).toThrow('would travel without TLS');
  expect(shown('http://registry.example/x', true)).toBe('http://registry.example/ x/models/a');
  expect(shown('registry.example/x', true)).toBe('http://registry.example/ x/models/a');
});

it.each([
  '',
  '/x',
  'ftp://registry.example',
  'registry.example/UPPER',
  'registry.example/a:1',
  'registry.example/a@b',
  'a b',
  'registry.example/../x',
])('is nothing else: %s', (text) => {
  expect(() => shown(text)).toThrow('is no registry');
});

it('does not repeat a password', () => {
  for (const scheme of ['', 'https://', 'http://'])
    try {
      shown(`${scheme}me:secret@registry.example/x`);
    } catch (error) {
      expect((error as Error).message).not.toContain('secret');
    }
  expect.assertions(3);
});
