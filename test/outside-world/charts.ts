/** Packaged Helm charts, and the two ways in which they are published; the same bytes for the same description. */
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { bytesContent, sha256Hex } from './bytes';
import type { MadeImage } from './images';

export interface ChartOptions {
  readonly name: string;
  readonly version: string;
  /** Further files of the chart, by path below its folder. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What `helm package` writes: a folder named after the chart, with Chart.yaml in it. */
export async function makeChart({ name, version, files = {} }: ChartOptions): Promise<Buffer> {
  const archive = pack();
  const chart = { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: ${version}\n`, ...files };
  for (const [path, text] of Object.entries(chart))
    archive.entry({ name: `${name}/${path}`, mtime: new Date(0) }, text);
  archive.finalize();
  const parts: Buffer[] = [];
  for await (const part of archive as AsyncIterable<Buffer>) parts.push(part);
  return gzipSync(Buffer.concat(parts));
}

export interface IndexedChart extends ChartOptions {
  readonly bytes: Buffer;
  /** In place of the right one; null leaves it out, as some repositories do. */
  readonly digest?: string | null;
}

/** index.yaml of a repository whose charts lie in `charts/`. */
export const chartIndex = (charts: readonly IndexedChart[]): string =>
  [
    'apiVersion: v1',
    'entries:',
    ...charts.flatMap(({ name, version, bytes, digest = sha256Hex(bytes) }) => [
      `  ${name}:`,
      `  - name: ${name}`,
      `    version: ${version}`,
      ...(digest === null ? [] : [`    digest: ${digest}`]),
      `    urls: [charts/${name}-${version}.tgz]`,
    ]),
    '',
  ].join('\n');

/** What `helm push` leaves in a registry. */
export function chartImage(bytes: Buffer, configType = 'application/vnd.cncf.helm.config.v1+json'): MadeImage {
  const config = bytesContent('{"name":"made","version":"1.0.0","apiVersion":"v2"}');
  const layer = bytesContent(bytes);
  const describe = (mediaType: string, { size, sha256 }: typeof layer): object => ({
    mediaType,
    size,
    digest: `sha256:${sha256}`,
  });
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      config: describe(configType, config),
      layers: [describe('application/vnd.cncf.helm.chart.content.v1.tar+gzip', layer)],
    }),
  );
  const root = { mediaType, digest: `sha256:${sha256Hex(manifest)}`, bytes: manifest };
  return { root, manifests: [root], blobs: [config, layer] };
}
