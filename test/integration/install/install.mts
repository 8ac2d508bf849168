/** Installs everything the suites drive; each step is a check of its own, so that an unreachable registry has a name. */
import { type Suite } from '../harness/report.mjs';
import { installDebianPackages, unpackImagePackages } from './debian.mjs';
import { installGoProgram } from './go.mjs';
import { installPythonPackages } from './python.mjs';
import { GO_PROGRAMS } from './versions.mjs';

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
    await suite.check('Debian packages', because(debian, installDebianPackages)),
    await suite.check('Debian packages as image content', because(debian, unpackImagePackages)),
    await suite.check('PyPI packages', because('python3 with venv, and PyPI', installPythonPackages)),
  ];
  for (const name of Object.keys(GO_PROGRAMS) as (keyof typeof GO_PROGRAMS)[]) {
    held.push(
      await suite.check(
        `Go program ${name}`,
        because('Go 1.26 and a Go module proxy', () => installGoProgram(name)),
      ),
    );
  }
  return held.every(Boolean);
}
