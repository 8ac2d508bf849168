/** Holds what a deployment needs against itself: who approves, how many of them, and who must not. */
import type { Enclave } from '../generated/enclave';
import type { YamlDocument } from '../reading/yaml-document';

type Path = readonly (string | number)[];

function checkDistinct(document: YamlDocument, path: Path, field: string, values: readonly string[]): void {
  values.forEach((value, at) => {
    if (values.indexOf(value) === at) return;
    document.fault([...path, at, field], `"${value}" stands there already`, 'name each once');
  });
}

/** Notes what of `deployment` nobody could meet, or one person alone. */
export function checkDeployment(document: YamlDocument, { deployment }: Enclave): void {
  if (deployment === undefined) return;
  const { approvals, emergency = [], credentialPlugins = [] } = deployment;
  const { reviewers, threshold, bundleSigners = [] } = approvals;
  const here = ['deployment', 'approvals'] as const;
  for (const field of ['key', 'name'] as const) {
    checkDistinct(
      document,
      [...here, 'reviewers'],
      field,
      reviewers.map((one) => one[field]),
    );
    checkDistinct(
      document,
      ['deployment', 'emergency'],
      field,
      emergency.map((one) => one[field]),
    );
  }
  checkDistinct(
    document,
    ['deployment', 'credentialPlugins'],
    'command',
    credentialPlugins.map(({ command }) => command),
  );
  if (threshold > reviewers.length) {
    document.fault(
      [...here, 'threshold'],
      `${String(threshold)} signatures are demanded of ${String(reviewers.length)} reviewers`,
      'name more reviewers, or demand fewer signatures',
    );
  }
  reviewers.forEach(({ name, key }, at) => {
    if (!bundleSigners.includes(key)) return;
    document.fault(
      [...here, 'reviewers', at, 'key'],
      `the key of ${name} seals bundles as well`,
      'who seals what comes in does not approve what is deployed: name another reviewer, or leave bundleSigners out',
    );
  });
}
