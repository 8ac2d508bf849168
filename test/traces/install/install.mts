/** Installs what the tier needs; each step is a check of its own, so that an unreachable registry has a name. */
import { installDebianPackages } from '../../harness/debian.mjs';
import type { Suite } from '../../harness/report.mjs';
import { DEBIAN_PACKAGES } from '../versions.mjs';
import { installCollector } from './collector.mjs';
import { installPhoenix } from './phoenix.mjs';

/** @returns whether everything is there */
export async function installEverything(suite: Suite): Promise<boolean> {
  const held = [
    await suite.check('Debian packages (needs root)', () => installDebianPackages(DEBIAN_PACKAGES)),
    await suite.check('Phoenix and the OpenTelemetry SDK from PyPI', installPhoenix),
    await suite.check('the Collector from its Go modules', installCollector),
  ];
  return held.every(Boolean);
}
