/** Names that must stand elsewhere in the same file. */
import { suggest } from '../reading/explain';
import type { YamlDocument } from '../reading/yaml-document';

/** Records a fault where nothing has that name. */
export function checkNamed(
  document: YamlDocument,
  path: readonly (string | number)[],
  what: string,
  name: string,
  known: readonly string[],
): void {
  if (known.includes(name)) return;
  const near = suggest(name, known);
  const fix = near === undefined ? `${what}s of this site: ${known.join(', ') || 'none'}` : `did you mean "${near}"?`;
  document.fault(path, `there is no ${what} "${name}"`, fix);
}
