import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { digestOf, hexOf } from '../../../core/digest';
import { resolveFile } from '../../../offline-bundle/resolve/resolve-file';
import type { FileRequest } from '../../../site/requests/requests';
import { worldClients } from '../fetch/clients';

const BYTES = Buffer.alloc(1000, 'x');

let server: Server;
let url: string;
let answer: (response: ServerResponse) => void;
beforeAll(async () => {
  server = createServer((_, response) => answer(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tool.zip`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function resolve(unstatedBytes: number): Promise<unknown> {
  const { clients } = worldClients({});
  const request: FileRequest = { name: 'tool', url, sha256: hexOf(digestOf(BYTES)) };
  try {
    return await resolveFile(clients, request, unstatedBytes);
  } catch (error) {
    return error;
  } finally {
    await clients.close();
  }
}

describe('a file whose server states its length', () => {
  it('is read to its end, however long it is', async () => {
    answer = (response) => void response.writeHead(200, { 'content-length': '1000' }).end(BYTES);
    expect(await resolve(10)).toEqual({ name: 'tool', url, size: 1000, sha256: hexOf(digestOf(BYTES)) });
  });
});

describe('a file whose server does not', () => {
  it('is read where it ends soon', async () => {
    answer = (response) => void (response.write(BYTES), response.end());
    expect(await resolve(1000)).toMatchObject({ size: 1000 });
  });

  it('is given up where it does not end', async () => {
    let timer: NodeJS.Timeout | undefined;
    answer = (response) => {
      response.on('close', () => clearInterval(timer));
      timer = setInterval(() => response.write(BYTES), 1);
    };
    expect(await resolve(5000)).toMatchObject({
      code: 'UPSTREAM_ANSWER_INVALID',
      message: `${url} gives more than 5000 bytes, and does not say where it ends`,
    });
  });

  it('is one, too, that is packed: the length is that of the packed bytes', async () => {
    const packed = gzipSync(BYTES);
    answer = (response) =>
      void response.writeHead(200, { 'content-length': packed.length, 'content-encoding': 'gzip' }).end(packed);
    expect(await resolve(999)).toMatchObject({ code: 'UPSTREAM_ANSWER_INVALID' });
    expect(await resolve(1000)).toMatchObject({ size: 1000 });
  });
});

it('names both digests where the bytes are others', async () => {
  answer = (response) => void response.end('other');
  expect(await resolve(1000)).toMatchObject({ code: 'UPSTREAM_CONTENT_MISMATCH' });
});
