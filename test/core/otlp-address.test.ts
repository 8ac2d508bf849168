import { otlpAddressFault } from '../../core/otlp-address';

describe('the address of an OTLP endpoint', () => {
  it.each(['http://collector:4318', 'https://traces.example:443', 'http://10.20.5.20:4318/', 'https://a.example/otlp'])(
    'may be %s',
    (address) => {
      expect(otlpAddressFault(address)).toBeUndefined();
    },
  );

  it.each([
    ...['', 'collector:4318', 'ftp://collector', 'not an address', '/v1/traces'],
    ...['http://collector:4318/v1/traces', 'http://collector:4318/v1/traces/'],
  ])('may not be "%s"', (address) => {
    expect(otlpAddressFault(address)).toEqual({
      message: `"${address}" is no OTLP address`,
      fix: 'write http(s)://<host>:<port> without /v1/traces',
    });
  });

  it.each(['http://user@collector:4318', 'http://:word@collector:4318', 'http://user:word@collector:4318'])(
    'holds no credentials, and what is said of it does not either: %s',
    (address) => {
      expect(otlpAddressFault(address)).toEqual({
        message: 'the address of collector:4318 holds credentials',
        fix: 'give them as a secret header',
      });
    },
  );
});
