/** Installs everything the suites drive; each step is a check of its own, so that an unreachable registry has a name. */
import { installDebianPackages } from '../../harness/debian.mjs';
import { installGoProgram } from '../../harness/go.mjs';
import { type Suite } from '../../harness/report.mjs';
import { unpackImagePackages } from './image-packages.mjs';
import { installPythonPackages } from './python.mjs';
import { DEBIAN_PACKAGES, GO_PROGRAMS } from './versions.mjs';

const because = (needs: string, install: () => Promise<string>) => async (): Promise<string> => {
  try {
    return await install();
  } catch (error) {
    throw new Error(`needs ${needs}\n${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
};

/** @returns whether everything is there */
export async function installEverything(suite: Suite): Promise<boolean> {
  const debian = 'root and a Debian 12 archive in /etc/apt';
  const held = [
    await suite.check(
      'Debian packages',
      because(debian, () => installDebianPackages(DEBIAN_PACKAGES)),
    ),
    await suite.check('Debian packages as image content', because(debian, unpackImagePackages)),
    await suite.check('PyPI packages', because('python3 with venv, and PyPI', installPythonPackages)),
  ];
  for (const program of Object.values(GO_PROGRAMS)) {
    held.push(
      await suite.check(
        `Go program ${program.name}`,
        because('Go 1.26 and a Go module proxy', () => installGoProgram(program)),
      ),
    );
  }
  return held.every(Boolean);
}
