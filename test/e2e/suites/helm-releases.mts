/** What `airlock runbook --cluster` compares with: releases as the real Helm keeps them in the real API server. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PlainObject } from '../../../audit/kubernetes/plain.js';
import { deployedObjects } from '../../../cluster/runbook/helm-releases.js';
import { canonicalJson } from '../../../core/canonical-json.js';
import { envelopeValues } from '../../../constructs/release/envelope-values.js';
import { goProgram } from '../../harness/go.mjs';
import { ROOT } from '../../harness/paths.mjs';
import { mustRun } from '../../harness/processes.mjs';
import { expectEqual, type Suite } from '../../harness/report.mjs';
import { GO_PROGRAMS } from '../../integration/install/versions.mjs';
import type { World } from '../cluster/world.mjs';

const NAMESPACE = 'e2e-releases';

const object = (value: string): PlainObject => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe', namespace: NAMESPACE } },
  data: { value },
});

export async function helmReleases(suite: Suite, world: World): Promise<void> {
  const values = path.join(world.folder, 'values.yaml');
  const install = async (value: string): Promise<void> => {
    await writeFile(values, envelopeValues([object(value)], 'probe'));
    await mustRun(goProgram(GO_PROGRAMS.helm), [
      ...['upgrade', '--install', 'probe', path.join(ROOT, 'charts/envelope')],
      ...['--namespace', NAMESPACE, '--create-namespace', '--values', values],
      ...['--kubeconfig', world.kubeconfig('admin')],
    ]);
  };
  await suite.check(
    'the objects of a release are read from the Secret that Helm makes, of the newest revision',
    async () => {
      const kubectl = world.kubectl('admin');
      for (const value of ['one: {{ two }}', 'three']) {
        await install(value);
        const found = canonicalJson(await deployedObjects(kubectl, [NAMESPACE])).toString();
        expectEqual(found, canonicalJson([object(value)]).toString(), 'objects');
      }
      return 'two revisions';
    },
  );
}
