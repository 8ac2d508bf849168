/** A host that has answered and goes away is waited for; one that never answered is not. */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { classifyTransportError, isOutage, transportReason } from '../../../offline-bundle/fetch/network-errors';
import { readResuming } from '../../../offline-bundle/fetch/ranges';
import { bytesOf, httpClient, rejection } from './clients';

/** A server that can go away and come back at the same address. */
class Host {
  public answer: (response: ServerResponse) => void = (response) => void response.end('hello');
  public requests = 0;
  private server: Server | undefined;
  private port = 0;

  public get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  public async come(): Promise<this> {
    this.server = createServer((_, response) => {
      this.requests += 1;
      this.answer(response);
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  public async go(): Promise<void> {
    const gone = this.server;
    if (gone === undefined) return;
    this.server = undefined;
    const closed = once(gone, 'close');
    gone.close();
    gone.closeAllConnections();
    await closed;
  }
}

let host: Host;
beforeEach(async () => {
  host = await new Host().come();
});
afterEach(() => host.go());

const OUTAGE = 600_000;
const sum = (waits: readonly number[]): number => waits.reduce((all, wait) => all + wait, 0);
const patient = (over: object = {}): ReturnType<typeof httpClient> =>
  httpClient({ retry: { outageMs: OUTAGE, ...over } });

/** Really waits, and not for long. */
const restless = (): ReturnType<typeof httpClient> =>
  httpClient({
    retry: { outageMs: 30_000, baseDelayMs: 5, maxDelayMs: 50 },
    sleep: (milliseconds) => delay(milliseconds),
  });
/** Far more attempts than a host gets that nobody has reached yet. */
const MANY = 10;
async function tried(notes: readonly string[]): Promise<void> {
  while (notes.length < MANY) await delay(5);
}

describe('a host that has answered', () => {
  it('may be away for seconds: the request goes through once it is back', async () => {
    const { http, notes } = restless();
    await http.read({ url: host.url }, 100);
    await host.go();
    const back = tried(notes).then(() => host.come());
    expect((await http.read({ url: host.url }, 100)).bytes.toString()).toBe('hello');
    await back;
    await http.close();
  });

  it('is one, too, that took the connection and went away before its first answer', async () => {
    const { http, notes } = restless();
    const { answer } = host;
    host.answer = () => undefined;
    const read = http.read({ url: host.url }, 100);
    while (host.requests === 0) await delay(10);
    await host.go();
    host.answer = answer;
    await tried(notes);
    await host.come();
    expect((await read).bytes.toString()).toBe('hello');
    await http.close();
  });

  it('is none that takes every connection and breaks it off', async () => {
    const { http, waits } = patient();
    host.answer = (response) => void response.destroy();
    await rejection(http.read({ url: host.url }, 100));
    expect(waits).toHaveLength(5);
  });

  it('may be away in the middle of a body', async () => {
    const { http, notes } = restless();
    host.answer = (response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('hello');
    };
    const open = async (offset: number): ReturnType<Parameters<typeof readResuming>[1]> => {
      const { body } = await http.request({ url: host.url });
      return { body, start: offset };
    };
    const read = bytesOf(readResuming(http, open, new URL(host.url)));
    while (host.requests === 0) await delay(10);
    await delay(200);
    await host.go();
    await tried(notes);
    host.answer = (response) => void response.end('world');
    await host.come();
    expect((await read).toString()).toBe('helloworld');
    await http.close();
  });

  it('is waited for as long as the policy says, with a line at each wait that says so', async () => {
    const { http, waits, notes } = patient();
    await http.read({ url: host.url }, 100);
    await host.go();
    const error = await rejection(http.read({ url: host.url }, 100));
    expect(error).toMatchObject({ kind: 'environment' });
    expect(error.message).toMatch(/^cannot reach .*nothing listens there \(ECONNREFUSED\) \(\d+ attempts\)$/);
    expect(sum(waits)).toBeGreaterThanOrEqual(OUTAGE);
    expect(sum(waits)).toBeLessThan(OUTAGE + 30_000);
    expect(notes).toHaveLength(waits.length);
    // The first may be tried over a connection that was open before.
    for (const note of notes)
      expect(note).toMatch(
        /: (nothing listens there|the connection breaks off) .*; trying again in .* s \(it has answered before; waiting .* 10 min/,
      );
  });

  it.each([502, 503, 504])('is waited for while a gateway answers %i for it', async (status) => {
    const { http, waits } = patient();
    await http.read({ url: host.url }, 100);
    host.answer = (response) => void response.writeHead(status).end();
    expect((await rejection(http.read({ url: host.url }, 100))).message).toContain(`answers ${status} to every one of`);
    expect(sum(waits)).toBeGreaterThanOrEqual(OUTAGE);
  });

  it.each([500, 429])('is no longer waited for than ever when it answers %i itself', async (status) => {
    const { http, waits } = patient();
    await http.read({ url: host.url }, 100);
    host.answer = (response) => void response.writeHead(status).end();
    await rejection(http.read({ url: host.url }, 100));
    expect(waits).toHaveLength(5);
  });

  it('is not waited for where the policy says so', async () => {
    const { http, waits } = patient({ outageMs: 0 });
    await http.read({ url: host.url }, 100);
    await host.go();
    await rejection(http.read({ url: host.url }, 100));
    expect(waits).toHaveLength(2);
  });

  it('does not hold up an abort', async () => {
    const { http } = httpClient({
      retry: { outageMs: OUTAGE },
      sleep: (milliseconds, signal) => delay(milliseconds, undefined, signal === undefined ? {} : { signal }),
    });
    await http.read({ url: host.url }, 100);
    await host.go();
    const abort = new AbortController();
    const pending = rejection(http.read({ url: host.url, signal: abort.signal }, 100));
    await delay(100);
    abort.abort();
    expect((await pending).name).toBe('AbortError');
  });
});

describe('a host that nobody has reached yet', () => {
  it('is waited for while another one is away, too: the line is down, and nobody can tell', async () => {
    const { http, notes } = restless();
    await http.read({ url: host.url }, 100);
    const second = await new Host().come();
    try {
      await Promise.all([host.go(), second.go()]);
      const read = http.read({ url: second.url }, 100);
      await tried(notes);
      await Promise.all([host.come(), second.come()]);
      expect((await read).bytes.toString()).toBe('hello');
    } finally {
      await second.go();
      await http.close();
    }
  });

  it('fails once the others are back and it is not', async () => {
    const { http, notes } = restless();
    await http.read({ url: host.url }, 100);
    const second = await new Host().come();
    await Promise.all([host.go(), second.go()]);
    const failure = rejection(http.read({ url: second.url }, 100));
    await tried(notes);
    await host.come();
    expect(await failure).toMatchObject({ code: 'UPSTREAM_UNREACHABLE' });
    expect((await failure).message).toContain('3 attempts');
    await http.close();
  });

  it('fails fast where nobody listens', async () => {
    await host.go();
    const { http, waits } = patient();
    await rejection(http.read({ url: host.url }, 100));
    expect(waits).toHaveLength(2);
  });

  it.each([502, 503, 504])('fails after the usual attempts where a gateway answers %i for it', async (status) => {
    host.answer = (response) => void response.writeHead(status).end();
    const { http, waits } = patient();
    await rejection(http.read({ url: host.url }, 100));
    expect(waits).toHaveLength(5);
  });

  it('fails fast behind a host that answers with a redirect to it', async () => {
    const other = await new Host().come();
    await other.go();
    const { http, waits } = patient();
    await http.read({ url: host.url }, 100);
    host.answer = (response) => void response.writeHead(302, { location: other.url }).end();
    await rejection(http.read({ url: host.url }, 100));
    expect(waits).toHaveLength(2);
  });
});

describe('an outage', () => {
  const coded = (code: string): Error => Object.assign(new Error('failed'), { code });

  it.each([
    ...['ECONNREFUSED', 'EAI_AGAIN', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN'],
    ...['ETIMEDOUT', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'UND_ERR_SOCKET'],
    ...['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'],
  ])('is what %s looks like, wrapped or not', (code) => {
    expect(isOutage(coded(code))).toBe(true);
    expect(isOutage(new TypeError('fetch failed', { cause: coded(code) }))).toBe(true);
    expect(isOutage(new AggregateError([coded(code)]))).toBe(true);
  });

  it('is what a proxy says that cannot reach the host', () => {
    for (const status of [502, 503, 504])
      expect(isOutage(new Error(`Proxy response (${status}) !== 200 when HTTP Tunneling`))).toBe(true);
    expect(isOutage(new Error('Proxy response (407) !== 200 when HTTP Tunneling'))).toBe(false);
  });

  it.each([
    ...['CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'SELF_SIGNED_CERT_IN_CHAIN', 'UND_ERR_INVALID_ARG'],
    ...['INVALID_PURPOSE', 'INVALID_CA', 'PATH_LENGTH_EXCEEDED', 'HOSTNAME_MISMATCH', 'UNSPECIFIED', 'EPROTO'],
    ...['UNABLE_TO_GET_CRL', 'CRL_HAS_EXPIRED', 'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', 'ERROR_IN_CERT_NOT_AFTER_FIELD'],
  ])('is not what %s looks like: that does not pass by waiting', (code) => {
    expect(isOutage(coded(code))).toBe(false);
    expect(classifyTransportError(coded(code))).toBe('permanent');
  });

  it.each(['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'])(
    '%s at the first contact is tried as seldom as a refusal',
    (code) => {
      expect(classifyTransportError(coded(code))).toBe('unreachable');
    },
  );

  it('is no unknown failure', () => {
    expect(isOutage(coded('HPE_INVALID_CONSTANT'))).toBe(false);
    expect(isOutage(new Error('anything'))).toBe(false);
    expect(transportReason(coded('EAI_AGAIN'))).toContain('not known to DNS');
  });
});
