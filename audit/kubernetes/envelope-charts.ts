/**
 * Charts that render exactly the objects they are given, by the digest of every file.
 *
 * A chart is code: one that merely looks like the envelope may add, drop or change objects. Each entry was read by a
 * person; a chart with any other or further file is not rendered by the audit. A test holds the first entry against
 * `charts/envelope`.
 */
import type { Digest } from '../../core/digest';

/** Path inside the chart → digest. */
export type ChartFiles = Readonly<Record<string, Digest>>;

export const ENVELOPE_CHARTS: readonly ChartFiles[] = [
  {
    'Chart.yaml': 'sha256:8478e518cd46cb6d3006266f3d7f00acb01fb898d9d700f23125c9b66ac8c815',
    'templates/objects.yaml': 'sha256:2decf59149e98a939321fe8b733b6953147ae644b1d7a0ef94d886777b7f698d',
    'values.schema.json': 'sha256:b79f1faf7fea21ac7691c6cf568a19207371190df5cfa6eec5a5861f5ec1604b',
    'values.yaml': 'sha256:eaf87090c480b104061ac649aab8fa991d80f4b29b58973adfe2ad02f684ac35',
  },
];
