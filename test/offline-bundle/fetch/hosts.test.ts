import { isLoopback } from '../../../offline-bundle/fetch/hosts';

it.each(['localhost', 'localhost:5000', '127.0.0.1', '127.1.2.3:80', '::1', '[::1]', '[::1]:5000'])(
  '%s is this machine',
  (host) => {
    expect(isLoopback(host)).toBe(true);
  },
);

it.each(['localhost.example', '127.0.0.1.example', '128.0.0.1', '10.0.0.1:5000', '::2', '[::10]:1', 'docker.io', ''])(
  '%s is another machine',
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);
