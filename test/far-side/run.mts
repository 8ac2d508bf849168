/**
 * `npm run test:far-side [-- crossing | commands | plans]`: one folder goes all the way.
 *
 * A bundle as a medium brings it, a public key and a text that came by another path; no network, no npm, no home, and at the
 * start no Node. Prints what was typed and what was said. Steps that the kit does not have yet are printed as open.
 */
import { type Report } from '../harness/report.mjs';
import { runSuites, toItsEnd } from '../harness/tier.mjs';
import { commands } from './commands.mjs';
import { crossing } from './crossing.mjs';
import { makeEnclave } from './enclave.mjs';
import { type Crossing, makeCrossing } from './near-side.mjs';
import { installNode, nodeProgram, NODES } from './nodes.mjs';
import { plans } from './plans.mjs';

const SUITES = ['crossing', 'commands', 'plans'] as const;

async function installNodes(report: Report): Promise<boolean> {
  const suite = report.suite('install');
  let held = true;
  for (const version of [NODES.refused, ...NODES.taken])
    held = (await suite.check(`Node ${version}`, () => installNode(version))) && held;
  return held;
}

await runSuites(async (report, named) => {
  if (!(await installNodes(report))) return;
  const wanted = (name: (typeof SUITES)[number]): boolean => named.length === 0 || named.includes(name);
  const made: { crossing?: Crossing } = {};
  if (wanted('crossing')) {
    const near = report.suite('near side');
    await near.check('a sealed bundle whose kit image has a real Node', async () => {
      made.crossing = await makeCrossing(nodeProgram(NODES.taken[1]));
      return made.crossing.media;
    });
    const { crossing: found } = made;
    const suite = report.suite('crossing');
    if (found !== undefined) await toItsEnd(suite, async () => crossing(suite, found, await makeEnclave()));
  }
  if (!wanted('commands') && !wanted('plans')) return;
  const { buildFarSide } = await import('../../tools/build-far-side.js');
  const { bytes } = await buildFarSide();
  for (const [name, check] of Object.entries({ commands, plans })) {
    const suite = report.suite(name);
    if (wanted(name as 'commands' | 'plans')) await toItsEnd(suite, () => check(suite, bytes));
  }
}, SUITES);
