import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PhoenixApi } from '../../../telemetry/traces/phoenix-api';

const PROJECT = { id: 'UHJvamVjdDox', name: 'airlock' };

let server: Server;
let requests: string[];
/** Answers by `<method> <path and query>`, the rest is 404. */
let answers: Readonly<Record<string, { readonly status: number; readonly body?: unknown }>>;

beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    const asked = `${request.method ?? ''} ${decodeURIComponent(request.url ?? '')}`;
    requests.push(`${asked} ${request.headers.authorization ?? ''}`);
    const { status, body } = answers[asked] ?? { status: 404 };
    response.writeHead(status).end(body === undefined ? '' : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const api = (): PhoenixApi => {
  const { port } = server.address() as AddressInfo;
  return new PhoenixApi({ url: `http://127.0.0.1:${port}`, key: 'k' });
};

describe('PhoenixApi', () => {
  it('follows pages to their end, with its key', async () => {
    answers = {
      'GET /v1/projects?limit=1000': { status: 200, body: { data: [PROJECT], next_cursor: 'b' } },
      'GET /v1/projects?limit=1000&cursor=b': {
        status: 200,
        body: { data: [{ id: 'c', name: 'd' }], next_cursor: null },
      },
    };
    expect(await api().projects()).toEqual([PROJECT, { id: 'c', name: 'd' }]);
    expect(requests[0]).toMatch(/ Bearer k$/);
  });

  it('asks for a text, also where it looks like a number', async () => {
    answers = {
      [`GET /v1/projects/${PROJECT.id}/spans?attribute=user.id:"123"&limit=1000`]: { status: 200, body: { data: [] } },
    };
    expect(await api().spans(PROJECT, 'user.id', '123')).toEqual([]);
  });

  it('knows whether a trace was there', async () => {
    answers = { 'DELETE /v1/traces/aa': { status: 204 } };
    expect([await api().deleteTrace('aa'), await api().deleteTrace('bb')]).toEqual([true, false]);
  });

  it('names the key where it is refused, and what was said elsewhere', async () => {
    answers = { 'GET /v1/datasets?limit=1000': { status: 500, body: 'broken' } };
    await expect(api().datasets()).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringMatching(/500.*broken/) as string,
    });
    answers = { 'GET /v1/datasets?limit=1000': { status: 403 } };
    await expect(api().datasets()).rejects.toMatchObject({ fix: expect.stringMatching(/administrator/) as string });
  });

  it('says so where nobody answers', async () => {
    const nobody = new PhoenixApi({ url: 'http://127.0.0.1:1', key: 'k' });
    await expect(nobody.projects()).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringMatching(/does not answer/) as string,
    });
  });
});
