/** What records and keeps traces: where its images come from. Configuration is in `telemetry/`. */

/** OpenTelemetry Collector, contrib distribution (open-telemetry/opentelemetry-collector-releases). */
export const collectorImage = (version: string): string => `docker.io/otel/opentelemetry-collector-contrib:${version}`;

/** Phoenix's image that runs as no root (Arize-ai/phoenix, docs/phoenix/self-hosting, "Docker"). */
export const phoenixImage = (version: string): string => `docker.io/arizephoenix/phoenix:version-${version}-nonroot`;

/** PostgreSQL (docker-library/docs, postgres). */
export const postgresImage = (version: string): string => `docker.io/library/postgres:${version}-bookworm`;
