import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { type AddressInfo } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { type Answer, type OutsideServer, type Responder, startServer, textAnswer } from '../../outside-world/server';
import { type FaultRule } from '../../outside-world/faults';
import { httpClient, rejection } from './clients';

const servers: OutsideServer[] = [];
const serve = async (respond: Responder, options: Parameters<typeof startServer>[1] = {}): Promise<OutsideServer> => {
  const server = await startServer(respond, options);
  servers.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const hello: Responder = () => textAnswer(200, 'hello');
const status = (code: number, more: object = {}): FaultRule['fault'] => ({ kind: 'status', status: code, ...more });
const redirect = (location: string, code = 302): Answer => textAnswer(code, '', { Location: location });

describe('requests', () => {
  it('name the kit and ask for bytes as they are stored', async () => {
    const server = await serve(hello);
    await httpClient().http.read({ url: server.url }, 100);
    expect(server.requests[0]?.headers).toMatchObject({ 'user-agent': 'airlock/9.9.9', 'accept-encoding': 'identity' });
  });

  it('hand over statuses that a retry would not mend', async () => {
    const server = await serve(() => textAnswer(404, 'nothing here'));
    const answer = await httpClient().http.read({ url: server.url }, 100);
    expect(answer).toMatchObject({ status: 404, bytes: Buffer.from('nothing here') });
    expect(server.requests).toHaveLength(1);
  });

  it('refuse an answer longer than the limit', async () => {
    const server = await serve(hello);
    const error = await rejection(httpClient().http.read({ url: server.url }, 4));
    expect(error).toMatchObject({
      kind: 'environment',
      message: expect.stringContaining('more than 4 bytes') as string,
    });
  });
});

describe('retries', () => {
  it.each([408, 429, 500, 503])('get past a passing %i', async (code) => {
    const server = await serve(hello, { faults: [{ path: '/', nth: [1, 2], fault: status(code) }] });
    const { http, waits, notes } = httpClient();
    expect((await http.read({ url: server.url }, 100)).bytes.toString()).toBe('hello');
    expect(waits).toEqual([375, 750]);
    expect(notes[0]).toContain(`answers ${String(code)}`);
  });

  it.each(['reset', 'reset-body', 'short-body'] as const)('get past a connection that breaks: %s', async (kind) => {
    const fault = { kind, after: 2, missing: 2 } as FaultRule['fault'];
    const server = await serve(hello, { faults: [{ path: '/', nth: [1], fault }] });
    expect((await httpClient().http.read({ url: server.url }, 100)).bytes.toString()).toBe('hello');
    expect(server.requests).toHaveLength(2);
  });

  it('stop, and say how often they tried', async () => {
    const server = await serve(hello, { faults: [{ path: '/', fault: status(503) }] });
    const { http, waits } = httpClient({ retry: { attempts: 4 } });
    const error = await rejection(http.read({ url: `${server.url}/?token=secret` }, 100));
    expect(error).toMatchObject({ kind: 'environment' });
    expect(error.message).toContain(`${server.authority} answers 503 to every one of 4 attempts`);
    expect(error.message).not.toContain('secret');
    expect(server.requests).toHaveLength(4);
    expect(waits).toHaveLength(3);
  });

  it('stop when every connection breaks', async () => {
    const server = await serve(hello, { faults: [{ path: '/', fault: { kind: 'reset' } }] });
    const error = await rejection(httpClient({ retry: { attempts: 3 } }).http.read({ url: server.url }, 100));
    expect(error).toMatchObject({ kind: 'environment', message: expect.stringContaining('3 attempts') as string });
    expect(server.requests).toHaveLength(3);
  });

  it('wait as long as the server asks', async () => {
    const server = await serve(hello, { faults: [{ path: '/', nth: [1], fault: status(429, { retryAfter: 17 }) }] });
    const { http, waits } = httpClient();
    await http.read({ url: server.url }, 100);
    expect(waits).toEqual([17_000]);
  });

  it("wait for the Hub's quota to be refilled", async () => {
    const fault = status(429, { headers: { RateLimit: '"resolvers";r=0;t=41' } });
    const server = await serve(hello, { faults: [{ path: '/', nth: [1], fault }] });
    const { http, waits } = httpClient();
    await http.read({ url: server.url }, 100);
    expect(waits).toEqual([41_000]);
  });

  it('give up at once when the server asks for more than anyone waits', async () => {
    const server = await serve(hello, { faults: [{ path: '/', fault: status(503, { retryAfter: 86_400 }) }] });
    const { http, waits } = httpClient();
    expect((await rejection(http.read({ url: server.url }, 100))).message).toContain('asks to wait 86400 s');
    expect(waits).toEqual([]);
  });

  it('are few where nobody listens', async () => {
    const server = await serve(hello);
    await server.close();
    const { http, waits } = httpClient();
    const error = await rejection(http.read({ url: server.url }, 100));
    expect(error).toMatchObject({
      kind: 'environment',
      fix: expect.stringContaining('check address and port') as string,
    });
    expect(error.message).toContain('nothing listens there (ECONNREFUSED)');
    expect(waits).toHaveLength(2);
  });

  it('do not outlive an abort', async () => {
    const server = await serve(hello, { faults: [{ path: '/', fault: { kind: 'stall' } }] });
    const controller = new AbortController();
    const pending = rejection(httpClient().http.read({ url: server.url, signal: controller.signal }, 100));
    while (server.requests.length === 0) await new Promise(setImmediate);
    controller.abort();
    expect((await pending).name).toBe('AbortError');
    expect(server.requests).toHaveLength(1);
  });
});

describe('a single attempt', () => {
  it.each([429, 500, 503])('hands %i over, and waits for nothing', async (code) => {
    const server = await serve(hello, { faults: [{ path: '/', nth: [1], fault: status(code, { retryAfter: 17 }) }] });
    const { http, waits } = httpClient();
    expect((await http.attempt({ url: server.url }, 100)).status).toBe(code);
    expect([server.requests.length, waits]).toEqual([1, []]);
  });

  it('follows no redirect', async () => {
    const server = await serve(() => redirect('/next', 307));
    const answer = await httpClient().http.attempt({ url: server.url }, 100);
    expect(answer).toMatchObject({ status: 307, hops: [], headers: { location: '/next' } });
    expect(server.requests).toHaveLength(1);
  });

  it.each(['reset', 'reset-body', 'short-body'] as const)('fails as the connection does: %s', async (kind) => {
    const fault = { kind, after: 2, missing: 2 } as FaultRule['fault'];
    const server = await serve(hello, { faults: [{ path: '/', fault }] });
    const { http, waits } = httpClient();
    expect((await rejection(http.attempt({ url: server.url }, 100))).kind).toBeUndefined();
    expect([server.requests.length, waits]).toEqual([1, []]);
  });

  it('refuses an answer longer than the limit', async () => {
    const server = await serve(hello);
    const error = await rejection(httpClient().http.attempt({ url: server.url }, 4));
    expect(error.message).toContain('more than 4 bytes');
  });

  it('sends a stream under the length that is stated, and never a shorter one as whole', async () => {
    const came: [string, string | undefined][] = [];
    const server = createHttpServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part)).on('error', () => undefined);
      request.on('end', () => {
        came.push([Buffer.concat(parts).toString(), request.headers['content-length']]);
        response.writeHead(202).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
      const { http } = httpClient();
      const patch = (...parts: string[]): Promise<{ status: number }> => {
        const body = Readable.from(
          parts.map((part) => Buffer.from(part)),
          { objectMode: false },
        );
        return http.attempt({ url, method: 'PATCH', headers: { 'content-length': '6' }, body }, 100);
      };
      expect((await patch('abc', 'def')).status).toBe(202);
      await rejection(patch('abc'));
      await rejection(patch('abc', 'defg'));
      expect(came).toEqual([['abcdef', '6']]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

const authorization = 'Bearer secret';

describe('redirects', () => {
  it('are named when they lead to a host that is not there', async () => {
    const gone = await serve(hello);
    await gone.close();
    const server = await serve(() => redirect(gone.url));
    const error = await rejection(httpClient().http.read({ url: server.url }, 100));
    expect(error.message).toContain(`cannot reach ${gone.authority}`);
  });

  it('keep the authorization on the same origin', async () => {
    const server = await serve(({ url }) => (url.pathname === '/' ? redirect('/next') : textAnswer(200, 'there')));
    const answer = await httpClient().http.read({ url: server.url, headers: { authorization } }, 100);
    expect(server.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/', authorization],
      ['/next', authorization],
    ]);
    expect(answer.hops.map((hop) => hop.status)).toEqual([302]);
    expect(answer.url.pathname).toBe('/next');
  });

  it.each(['127.0.0.1', 'localhost'] as const)(
    'drop the authorization on the way to another origin (%s), other headers stay',
    async (hostname) => {
      const other = await serve(hello, { hostname });
      const server = await serve(() => redirect(`${other.url}/blob`));
      await httpClient().http.read(
        { url: server.url, headers: { Authorization: authorization, range: 'bytes=1-' } },
        100,
      );
      expect(other.requests[0]?.headers.authorization).toBeUndefined();
      expect(other.requests[0]?.headers.range).toBe('bytes=1-');
    },
  );

  it('do not give the authorization back when the chain returns', async () => {
    let home = '';
    const other = await serve(() => redirect(`${home}/home`));
    const server = await serve(({ url }) => (url.pathname === '/' ? redirect(other.url) : textAnswer(200, 'home')));
    home = server.url;
    await httpClient().http.read({ url: server.url, headers: { authorization } }, 100);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([authorization, undefined]);
  });

  it('start over from the first address when a later one is busy, since signed addresses expire', async () => {
    const other = await serve(hello, { faults: [{ path: '/blob', nth: [1], fault: status(503) }] });
    const server = await serve(() => redirect(`${other.url}/blob`));
    await httpClient().http.read({ url: server.url, headers: { authorization } }, 100);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([authorization, authorization]);
    expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });

  it('end after ten', async () => {
    const server = await serve(({ url }) => redirect(`${url.pathname}x`));
    const error = await rejection(httpClient().http.read({ url: server.url }, 100));
    expect(error.message).toContain('redirects more than 10 times');
    expect(server.requests).toHaveLength(11);
  });

  it.each(['ftp://host.example/x', 'file:///etc/passwd', 'http://'])('are not followed to %s', async (location) => {
    const server = await serve(() => redirect(location));
    const error = await rejection(httpClient().http.read({ url: server.url }, 100));
    expect(error).toMatchObject({ kind: 'environment', message: expect.stringContaining('no http address') as string });
  });

  it('never carry a posted body along', async () => {
    const other = await serve(hello);
    const server = await serve(() => redirect(other.url, 307));
    const answer = await httpClient().http.read({ url: server.url, method: 'POST', body: 'refresh_token=secret' }, 100);
    expect(answer.status).toBe(307);
    expect(other.requests).toEqual([]);
  });
});

describe('TLS', () => {
  const fixture = (name: string): string => readFileSync(path.join(__dirname, '../../fixtures/tls', name), 'utf8');
  const tls = { key: fixture('server.key'), cert: fixture('server.crt') };

  it('trusts an authority that was named', async () => {
    const server = await serve(hello, { tls });
    const { http } = httpClient({ authorities: [fixture('ca.crt')] });
    expect((await http.read({ url: server.url }, 100)).status).toBe(200);
  });

  it('refuses a certificate of an unknown authority without trying again, and says how to name it', async () => {
    const server = await serve(hello, { tls });
    const { http, waits } = httpClient();
    const error = await rejection(http.read({ url: server.url }, 100));
    expect(error).toMatchObject({ kind: 'environment', fix: expect.stringContaining('--ca FILE') as string });
    expect(waits).toEqual([]);
  });

  it('says so when a server speaks plain http', async () => {
    const server = await serve(hello);
    const error = await rejection(httpClient().http.read({ url: `https://${server.authority}` }, 100));
    expect(error.message).toContain('it does not speak TLS');
    expect(error.fix).toContain(`--upstream ${server.authority}=http://${server.authority}`);
  });

  it('is not left by a redirect to plain http', async () => {
    const plain = await serve(hello);
    const server = await serve(() => redirect(plain.url), { tls });
    const { http } = httpClient({ authorities: [fixture('ca.crt')] });
    const error = await rejection(http.read({ url: server.url }, 100));
    expect(error.message).toContain('from https to plain http');
    expect(plain.requests).toEqual([]);
  });
});

describe('proxies', () => {
  it('are asked for hosts outside, and not for this machine', async () => {
    const asked: string[] = [];
    const proxy = createServer((socket) => {
      socket.once('data', (head) => {
        asked.push(head.toString('latin1').split('\r\n')[0] ?? '');
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nproxied');
      });
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    try {
      const address = `http://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`;
      const { http } = httpClient({ proxies: { http: address, https: address, no: '' } });
      const outside = await http.read({ url: 'http://models.example/x' }, 100);
      expect(outside.bytes.toString()).toBe('proxied');
      const server = await serve(hello);
      expect((await http.read({ url: server.url }, 100)).bytes.toString()).toBe('hello');
      expect(asked).toEqual(['GET http://models.example/x HTTP/1.1']);
      await http.close();
    } finally {
      proxy.close();
    }
  });
});
