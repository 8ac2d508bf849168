/** Everything the tier installs, pinned; PyPI packages are in clients/requirements.txt. */

/** Debian 12 packages, `name=version`. */
export const DEBIAN_PACKAGES = ['libfaketime=0.9.10*', 'postgresql-15=15.*', 'strace=6.1*'] as const;

/** Newest release of which every module can be had as a Go module, the transform processor being the one that lags. */
const RELEASE = 'v0.161.0';
/** The same release of the modules that are at version 1. */
const STABLE = 'v1.67.0';
const CORE = 'go.opentelemetry.io/collector';
const CONTRIB = 'github.com/open-telemetry/opentelemetry-collector-contrib';

export const COLLECTOR_VERSION = RELEASE;

/** Modules of the Collector, `module@version`. */
export const COLLECTOR_MODULES = [
  `${CORE}/component@${STABLE}`,
  `${CORE}/confmap/provider/envprovider@${STABLE}`,
  `${CORE}/confmap/provider/fileprovider@${STABLE}`,
  `${CORE}/exporter/otlphttpexporter@${RELEASE}`,
  `${CORE}/otelcol@${RELEASE}`,
  `${CORE}/processor/memorylimiterprocessor@${RELEASE}`,
  `${CORE}/receiver/otlpreceiver@${RELEASE}`,
  `${CORE}/service@${RELEASE}`,
  `${CONTRIB}/extension/healthcheckextension@${RELEASE}`,
  `${CONTRIB}/extension/storage/filestorage@${RELEASE}`,
  `${CONTRIB}/processor/redactionprocessor@${RELEASE}`,
  `${CONTRIB}/processor/transformprocessor@${RELEASE}`,
] as const;
