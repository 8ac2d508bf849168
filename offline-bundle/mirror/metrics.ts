/** What the mirror counts, in the text format of Prometheus. Names are contract: telemetry/metrics/mirror.ts has them too. */
import { X509Certificate } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, Gauge, Registry } from 'prom-client';
import type { Damage } from './blob-health';
import type { Catalog } from './catalog';
import { unservedRoots } from './readiness';

export const METRICS_PATH = '/metrics';

export interface MirrorMetricsOptions {
  /** What is served now. */
  readonly catalog: () => Promise<Catalog>;
  /** What of it is known to be damaged. */
  readonly damages: (catalog: Catalog) => Promise<readonly Damage[]>;
  readonly isReady: () => boolean;
  /** PEM text of the server's certificate, with its intermediates. @default - plain HTTP */
  readonly certificate?: string;
}

const PROTOCOLS: readonly (readonly [RegExp, string])[] = [
  [/^\/v2(\/|$)/, 'oci'],
  [/^\/terraform\//, 'terraform'],
  [/^\/files\//, 'files'],
  [/^\/(healthz|readyz|metrics)$/, 'probe'],
];

/** A few fixed words, so that no client can make series without end. */
const protocolOf = ({ url }: FastifyRequest): string =>
  PROTOCOLS.find(([form]) => form.test(url.split('?')[0] ?? ''))?.[1] ?? 'hub';

/** Time after which clients refuse the server: `validTo` of the first certificate, the server's own (RFC 8446, 4.4.2). */
const expiryOf = (certificate: string): number => Date.parse(new X509Certificate(certificate).validTo) / 1000;

function gauges(registry: Registry, { catalog, damages, isReady, certificate }: MirrorMetricsOptions): void {
  const registers = [registry];
  new Gauge({
    name: 'airlock_mirror_ready',
    help: '1 once the store is filled, 0 before',
    registers,
    collect() {
      this.set(isReady() ? 1 : 0);
    },
  });
  new Gauge({
    name: 'airlock_mirror_unserved_roots',
    help: 'Bundles and pins that are not served, or not whole, because their records, manifests or blobs are damaged',
    registers,
    async collect() {
      const now = await catalog();
      this.set(unservedRoots(now, await damages(now)));
    },
  });
  new Gauge({
    name: 'airlock_mirror_damaged_blobs',
    help: 'Blobs that are not served because they are missing or do not have their digests any more',
    registers,
    async collect() {
      this.set((await damages(await catalog())).length);
    },
  });
  if (certificate === undefined) return;
  new Gauge({
    name: 'airlock_mirror_certificate_expiry_timestamp_seconds',
    help: 'Time at which the certificate of the server expires, seconds since 1970',
    registers,
  }).set(expiryOf(certificate));
}

/** Counts every request of the server, and answers `GET /metrics`, also while the store is being filled. */
export function serveMetrics(app: FastifyInstance, options: MirrorMetricsOptions): void {
  const registry = new Registry();
  const registers = [registry];
  gauges(registry, options);
  const requests = new Counter({
    name: 'airlock_mirror_requests_total',
    help: 'Requests that ended, by protocol and status code',
    labelNames: ['protocol', 'code'],
    registers,
  });
  const sent = new Counter({
    name: 'airlock_mirror_sent_bytes_total',
    help: 'Bytes that were sent, headers included, also of transfers that broke off',
    labelNames: ['protocol'],
    registers,
  });
  const aborted = new Counter({
    name: 'airlock_mirror_aborted_total',
    help: 'Transfers that broke off before their last byte',
    labelNames: ['protocol'],
    registers,
  });
  app.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    const before = socket.bytesWritten;
    // Fastify's own hook for the end (`onResponse`) is not called where a client leaves.
    reply.raw.once('close', () => {
      const protocol = protocolOf(request);
      requests.inc({ protocol, code: String(reply.statusCode) });
      // A connection answers one request at a time, so what its socket sent meanwhile belongs to this one.
      sent.inc({ protocol }, Math.max(0, socket.bytesWritten - before));
      if (!reply.raw.writableFinished) aborted.inc({ protocol });
    });
    done();
  });
  app.get(METRICS_PATH, async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}
