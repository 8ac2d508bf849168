/** Commands of the pages, run in the order of their page by the file that the far side gets. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildFarSide } from '../../tools/build-far-side';
import { quickstartWorld } from '../outside-world/quickstart';
import { startWorld, type World } from '../outside-world/world';
import { heldBy } from './held';
import { JOURNEYS } from './journeys';
import { listedFor } from './listed';
import { pages, ROOT } from './page';
import { type Places, runJourney, startingLike, writePrograms } from './run-journey';
import { statementsOf } from './statements';

const all = pages();
const blocks = all.flatMap((page) => page.blocks);
const count = (held: string): number => blocks.filter((block) => heldBy(block) === held).length;

const statementsOn = (page: string): string[] =>
  blocks
    .filter((block) => block.page === page && block.language === 'sh' && listedFor(block) === undefined)
    .flatMap(({ code }) => statementsOf(code));

describe(`of ${blocks.length} blocks on ${all.length} pages ${count('run')} run, ${count('shape')} have a shape, ${count('listed')} are listed; commands`, () => {
  let places: Places;
  let world: World;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'airlock-pages-'));
    places = { folder, programs: path.join(folder, 'programs'), airlockMjs: path.join(folder, 'airlock.mjs') };
    writePrograms(places.programs);
    writeFileSync(places.airlockMjs, (await buildFarSide()).bytes);
    world = await startWorld(await quickstartWorld());
  }, 120_000);
  afterAll(async () => {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(JOURNEYS.map((journey) => [journey.page, journey] as const))(
    'of %s end as the page says',
    async (page, journey) => {
      const statements = statementsOn(page);
      const environment = journey.hasUpstreams === true ? world.environment : {};
      const ran = await runJourney(places, journey, statements, environment);
      const wrong = ran.filter(({ statement, code }) => code !== (startingLike(journey.exits, statement) ?? 0));
      expect(wrong).toEqual([]);
      const expected = statements.filter((statement) => startingLike(journey.skips, statement) === undefined);
      expect(ran.map(({ statement }) => statement).filter((statement) => expected.includes(statement))).toEqual(
        expected,
      );
    },
    300_000,
  );

  const printed = JOURNEYS.flatMap(({ page, from, prints = {} }) =>
    Object.entries(prints).map(([starts, command]) => [page, starts, command, from] as const),
  );
  it.each(printed)('of %s print what it shows: “%s”', (page, starts, command, from) => {
    const shown = blocks.find((block) => block.page === page && block.code.startsWith(starts))?.code ?? '';
    const cwd = from !== undefined && 'example' in from ? path.join(ROOT, 'examples', from.example) : ROOT;
    const env = {
      ...process.env,
      PATH: `${places.programs}:${process.env['PATH'] ?? ''}`,
      ROOT,
      AIRLOCK_MJS: places.airlockMjs,
    };
    expect(spawnSync('bash', ['-c', command], { cwd, env, encoding: 'utf8' }).stdout).toContain(shown);
  });
});
