/** Installs what the tier needs; each step is a check of its own, so that an unreachable registry has a name. */
import { installDebianPackages } from '../../harness/debian.mjs';
import { installGoProgram } from '../../harness/go.mjs';
import { type Suite } from '../../harness/report.mjs';
import { installDefinitions } from './definitions.mjs';
import { installKubernetes } from './kubernetes.mjs';
import { DEBIAN_PACKAGES, KWOK } from './versions.mjs';

/** @returns whether everything is there */
export async function installEverything(suite: Suite): Promise<boolean> {
  const held = [
    await suite.check('Debian packages (needs root)', () => installDebianPackages(DEBIAN_PACKAGES)),
    await suite.check('Kubernetes from its Go modules', installKubernetes),
    await suite.check('KWOK from its Go module', () => installGoProgram(KWOK)),
    await suite.check('custom resource definitions from Go modules', installDefinitions),
  ];
  return held.every(Boolean);
}
