/** Where engines look for side artifacts. */
import { SIDE_ARTIFACTS } from '../catalog/side-artifacts';

/**
 * Environment that points an engine to its side artifacts.
 *
 * A variable without its folder would be worse than none: it turns the download off, and what is missing is missed in
 * silence. So only folders that the pod holds are named.
 *
 * @param artifacts absolute folder of each set that the pod holds
 */
export const artifactEnvironment = (artifacts: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(
    SIDE_ARTIFACTS.flatMap(({ name, variable }) => {
      const folder = artifacts[name];
      return folder === undefined ? [] : [[variable, folder]];
    }),
  );
