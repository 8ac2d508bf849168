import { explanation, refusedElsewhere } from '../../../offline-bundle/fetch/refusals';

const said = (body: string, headers: Record<string, string> = {}): string | undefined =>
  explanation({ headers, bytes: Buffer.from(body) });

describe('the explanation of a refusal', () => {
  it.each([
    ['what the Hub states', '{}', { 'x-error-message': 'Access is disabled.' }, 'Access is disabled.'],
    [
      'codes and sentences of a registry',
      '{"errors":[{"code":"DENIED","message":"quarantined by policy P-7"},{"code":"UNKNOWN"}]}',
      {},
      'DENIED, quarantined by policy P-7; UNKNOWN',
    ],
    ['the error of another server', '{"error":"not today"}', {}, 'not today'],
    ['its message', '{"message":"not today"}', {}, 'not today'],
    ['the title of a page', '<html><title>Blocked by\n policy</title><body>x</body></html>', {}, 'Blocked by policy'],
    ['the text of a page without a title', '<html>Blocked: <b>category AI</b></html>', {}, 'Blocked: category AI'],
    ['plain text', 'go away', { 'content-type': 'text/plain; charset=utf-8' }, 'go away'],
  ])('is %s', (_what, body, headers, expected) => {
    expect(said(body, headers as Record<string, string>)).toBe(expected);
  });

  it.each(['', '{}', '[]', 'null', '{"errors":7}', '{"errors":[7,{}]}', '<html></html>', 'binary or whatever'])(
    'is nothing where nothing is said: %s',
    (body) => {
      expect(said(body)).toBeUndefined();
    },
  );

  it('is one line that a person reads to its end', () => {
    const long = said(`{"error":${JSON.stringify('a\nb '.repeat(500))}}`);
    expect(long).not.toContain('\n');
    expect(long?.length).toBeLessThan(210);
  });
});

it('a refusal by a host that downloads are sent on to names both, and advises no login', () => {
  const error = refusedElsewhere(new URL('https://cdn.example/x'), new URL('https://hub.example'), 'a/b', '403');
  expect(error.message).toContain('cdn.example, to which hub.example sends this download, refuses a/b (403)');
  expect(error.fix).toMatch(/^allow cdn\.example in proxy and firewall/);
});
