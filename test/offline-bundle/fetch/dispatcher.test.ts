import { createDispatchers, readAuthorities } from '../../../offline-bundle/fetch/dispatcher';

it('a CA file that is missing, or holds no certificate, is broken input', () => {
  expect(() => readAuthorities(['/nonexistent/ca.pem'])).toThrow('cannot read the CA file /nonexistent/ca.pem: ENOENT');
  expect(() => readAuthorities([__filename.replace('dispatcher.test', 'clients')])).toThrow('holds no certificate');
});

it('a proxy that is no address is broken input', () => {
  expect(() => createDispatchers([], { http: '', https: 'proxy.example:3128:1', no: '' })).toThrow('is not an address');
});
