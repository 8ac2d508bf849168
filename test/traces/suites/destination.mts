/** An OTLP endpoint of the site in place of Phoenix: TLS of a private authority, a secret header, the same redaction. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { TraceDestination } from '../../../telemetry/traces/collector.js';
import { STORE_KEY_VARIABLE } from '../../../telemetry/traces/phoenix.js';
import { type Certificates, makeCertificates } from '../../harness/certificates.mjs';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { asJson, queueFolder, startCollector } from '../world/collector.mjs';
import { SECRETS } from '../world/phoenix.mjs';
import { plant } from '../world/sender.mjs';
import { PATTERNS } from './redaction.mjs';

interface Endpoint {
  readonly url: string;
  /** Bodies of authorized requests, as text. */
  readonly bodies: string[];
  readonly refused: () => number;
  readonly close: () => void;
}

/** Takes OTLP as JSON, with the right header alone. */
async function startEndpoint({ certificate, key }: Certificates): Promise<Endpoint> {
  const bodies: string[] = [];
  let refused = 0;
  const server = createServer({ cert: await readFile(certificate), key: await readFile(key) }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const authorized = request.headers['x-tenant-key'] === SECRETS['admin-secret'] && request.url === '/v1/traces';
      if (authorized) bodies.push(gunzipSync(Buffer.concat(parts)).toString('utf8'));
      else refused += 1;
      response.writeHead(authorized ? 200 : 401, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ url: `https://127.0.0.1:${String(port)}`, bodies, refused: () => refused },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function received(endpoint: Endpoint, destination: TraceDestination, text: string): Promise<string> {
  const before = endpoint.bodies.length;
  const collector = await startCollector({
    ...{ patterns: PATTERNS, queueFolder: await queueFolder(), destination, change: asJson },
  });
  await plant([text]);
  for (let waited = 0; waited < 6000 && endpoint.bodies.length === before; waited += 100) await pause(100);
  await collector.stop();
  return endpoint.bodies.slice(before).join('\n');
}

export async function destination(suite: Suite): Promise<void> {
  const certificates = await makeCertificates(await makeFolder('destination'));
  const endpoint = await startEndpoint(certificates);
  const secretHeader = { name: 'x-tenant-key', variable: STORE_KEY_VARIABLE };
  const right: TraceDestination = { endpoint: endpoint.url, caFile: certificates.authority, secretHeader };
  const [address, plain] = ['anna.beispiel@firma.example', 'Zwetschgenknödel'];
  await suite.check('it gets spans over TLS with the header, redacted in all but links', async () => {
    const body = await received(endpoint, right, `${plain} ${address}`);
    expect(body.includes(plain), 'nothing came');
    const places = [...body.matchAll(/"key":"([^"]+)","value":\{"stringValue":"[^"]*anna\.beispiel/g)].map(
      ([, key]) => key,
    );
    // No processor of the Collector reaches the attributes of links; no store of the kit keeps them.
    expectEqual([...new Set(places)], ['link.note'], 'attributes with the address');
    expectEqual(body.split(address).length - 1, 1, 'places with the address');
    return `${String(body.length)} bytes; the address in link attributes alone`;
  });
  await suite.check('without the authority nothing is sent', async () => {
    const body = await received(endpoint, { endpoint: endpoint.url, secretHeader }, plain);
    expectEqual(body, '', 'body');
    return 'no request';
  });
  await suite.check('without the header it refuses', async () => {
    expectEqual(
      await received(endpoint, { endpoint: endpoint.url, caFile: certificates.authority }, plain),
      '',
      'body',
    );
    expect(endpoint.refused() > 0, 'nothing was refused');
    return `${String(endpoint.refused())} × 401`;
  });
  endpoint.close();
}
