/**
 * `npm run test:pod-security`: every fixture of k8s.io/pod-security-admission before the audit's own checks of a pod, which must
 * say of each, at its profile and version, what the server says. Ends with status 1 where one differs.
 */
import path from 'node:path';
import { viewOf } from '../../audit/pod-security/check.js';
import { checksOf } from '../../audit/pod-security/profile.js';
import { moduleFolder } from '../harness/go.mjs';
import { expect } from '../harness/report.mjs';
import { makeFolder } from '../harness/scratch.mjs';
import { runSuites } from '../harness/tier.mjs';
import { type Fixture, readFixtures } from './fixtures.js';

const MODULE = 'k8s.io/pod-security-admission';
const VERSION = 'v0.37.2';

/** Ids of the checks that refuse a pod. */
const refusedBy = ({ profile, minor, pod }: Fixture): string[] =>
  checksOf(profile, minor)
    .filter(({ breaches }) => breaches(viewOf(pod, minor)).length > 0)
    .map(({ id }) => id);

/** The check that a file is named after, where the profile has it in that version, and no stricter one in its place. */
const namedAfter = ({ file, profile, minor }: Fixture): string | undefined =>
  checksOf(profile, minor).find(({ id }) => id.toLowerCase() === path.posix.basename(file, '.yaml').replace(/\d+$/, ''))
    ?.id;

await runSuites(async (report) => {
  const folder = await moduleFolder(MODULE, VERSION, await makeFolder('pod-security'));
  const fixtures = await readFixtures(path.join(folder, 'test/testdata'));
  for (const profile of ['baseline', 'restricted'] as const) {
    const suite = report.suite(profile);
    const own = fixtures.filter((fixture) => fixture.profile === profile);
    await suite.check(`every fixture of ${VERSION} gets the server's verdict`, () => {
      const wrong = own.flatMap((fixture) => {
        const refused = refusedBy(fixture);
        const isEqual = (refused.length === 0) === fixture.admitted;
        return isEqual ? [] : [`${fixture.file}: ${refused.join(', ') || 'admitted'}`];
      });
      expect(own.length > 0, 'there are no fixtures');
      expect(wrong.length === 0, `${String(wrong.length)} of ${String(own.length)} differ:\n${wrong.join('\n')}`);
      const refused = own.filter(({ admitted }) => !admitted).length;
      const versions = new Set(own.map(({ minor }) => minor)).size;
      return Promise.resolve(
        `${String(own.length)} tried in ${String(versions)} versions, ${String(refused)} of them to be refused: all equal, 0 different`,
      );
    });
    await suite.check('each check refuses what is named after it, for its own reason', () => {
      const ids = new Set(own.flatMap(({ minor }) => checksOf(profile, minor).map(({ id }) => id)));
      const named = own.filter((fixture) => !fixture.admitted && namedAfter(fixture) !== undefined);
      const silent = named.filter((fixture) => !refusedBy(fixture).includes(namedAfter(fixture) ?? ''));
      expect(silent.length === 0, `refused by others alone: ${silent.map(({ file }) => file).join(', ')}`);
      const unseen = [...ids].filter((id) => !named.some((fixture) => namedAfter(fixture) === id));
      expect(unseen.length === 0, `nothing is named after ${unseen.join(', ')}`);
      return Promise.resolve(`${String(named.length)} fixtures of ${String(ids.size)} checks`);
    });
  }
}, []);
