/** A registry that takes what is pushed (distribution-spec 1.1, "Push"), in memory; it can break off, forget and refuse. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf } from '../../../core/digest';

export interface Pushed {
  readonly url: string;
  /** Bytes of blobs by `<repository>@<digest>`. */
  readonly blobs: Map<string, Buffer>;
  /** Digest by `<repository>:<tag>`. */
  readonly tags: Map<string, string>;
  readonly manifests: Map<string, Buffer>;
  /** `<method> <path>` of each request that changes something. */
  readonly writes: string[];
  /** Uploads that have begun, by their id. */
  readonly uploads: Map<string, Buffer>;
  /** Breaks the next so many parts off after this many bytes of them. */
  breakOff: { times: number; after: number };
  /** Before the paths of upload addresses: another server. */
  elsewhere: string;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

export async function startPushRegistry(): Promise<Pushed> {
  const state: Omit<Pushed, 'url' | 'close'> = {
    ...{ blobs: new Map(), tags: new Map(), manifests: new Map(), writes: [], uploads: new Map() },
    breakOff: { times: 0, after: 0 },
    elsewhere: '',
  };
  const { blobs, tags, manifests, uploads } = state;
  let begun = 0;

  function end(response: ServerResponse, status: number, headers: Record<string, string> = {}, code = ''): void {
    response.writeHead(status, headers).end(code === '' ? '' : JSON.stringify({ errors: [{ code, message: 'no' }] }));
  }

  async function upload(
    request: IncomingMessage,
    response: ServerResponse,
    repository: string,
    url: URL,
  ): Promise<void> {
    const id = url.pathname.split('/').at(-1) ?? '';
    const there = (status: number, at: string): void => {
      const bytes = uploads.get(at)?.length ?? 0;
      end(response, status, {
        Location: `${state.elsewhere}/v2/${repository}/blobs/uploads/${at}`,
        Range: `0-${Math.max(0, bytes - 1)}`,
      });
    };
    if (request.method === 'POST') {
      const [mount, from] = [url.searchParams.get('mount') ?? '', url.searchParams.get('from') ?? ''];
      const known = blobs.get(`${from}@${mount}`);
      if (known !== undefined) {
        blobs.set(`${repository}@${mount}`, known);
        end(response, 201);
        return;
      }
      uploads.set(String((begun += 1)), Buffer.alloc(0));
      there(202, String(begun));
      return;
    }
    const before = uploads.get(id);
    if (before === undefined) {
      end(response, 404, {}, 'BLOB_UPLOAD_UNKNOWN');
      return;
    }
    if (request.method === 'GET') {
      there(204, id);
      return;
    }
    if (request.method === 'DELETE') {
      uploads.delete(id);
      end(response, 204);
      return;
    }
    if (request.method === 'PATCH') {
      const parts = [before];
      let bytes = 0;
      for await (const part of request) {
        parts.push(part as Buffer);
        bytes += (part as Buffer).length;
        if (state.breakOff.times > 0 && bytes > state.breakOff.after) {
          state.breakOff.times -= 1;
          uploads.set(id, Buffer.concat(parts).subarray(0, before.length + state.breakOff.after));
          request.socket.destroy();
          return;
        }
      }
      uploads.set(id, Buffer.concat(parts));
      there(202, id);
      return;
    }
    const digest = url.searchParams.get('digest') ?? '';
    if (digestOf(before) !== digest) {
      end(response, 400, {}, 'DIGEST_INVALID');
      return;
    }
    uploads.delete(id);
    blobs.set(`${repository}@${digest}`, before);
    end(response, 201);
  }

  async function manifest(
    request: IncomingMessage,
    response: ServerResponse,
    repository: string,
    reference: string,
  ): Promise<void> {
    if (request.method === 'PUT') {
      const bytes = await bodyOf(request);
      const {
        manifests: children = [],
        layers = [],
        config,
      } = JSON.parse(bytes.toString()) as Record<'manifests' | 'layers', { digest: string }[] | undefined> & {
        config?: { digest: string };
      };
      const missing =
        children.some(({ digest }) => !manifests.has(`${repository}@${digest}`)) ||
        [...layers, ...(config === undefined ? [] : [config])].some(
          ({ digest }) => !blobs.has(`${repository}@${digest}`),
        );
      if (missing) {
        end(response, 400, {}, 'MANIFEST_BLOB_UNKNOWN');
        return;
      }
      const digest = digestOf(bytes);
      manifests.set(`${repository}@${digest}`, bytes);
      tags.set(`${repository}:${reference}`, digest);
      end(response, 201, { 'Docker-Content-Digest': digest });
      return;
    }
    const digest = reference.startsWith('sha256:') ? reference : tags.get(`${repository}:${reference}`);
    if (!manifests.has(`${repository}@${String(digest)}`)) {
      end(response, 404, {}, 'MANIFEST_UNKNOWN');
      return;
    }
    end(response, 200, { 'Docker-Content-Digest': String(digest) });
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://registry');
    const [, repository = '', kind = '', rest = ''] = /^\/v2\/(.+?)\/(blobs|manifests)\/(.*)$/.exec(url.pathname) ?? [];
    if (!['GET', 'HEAD'].includes(request.method ?? '')) state.writes.push(`${String(request.method)} ${url.pathname}`);
    const answer = async (): Promise<void> => {
      if (kind === 'manifests') return manifest(request, response, repository, rest);
      if (rest.startsWith('uploads/')) return upload(request, response, repository, url);
      const bytes = blobs.get(`${repository}@${rest}`);
      end(response, bytes === undefined ? 404 : 200, { 'Content-Length': String(bytes?.length ?? 0) });
    };
    answer().catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(state, {
    url: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
