/** `airlock.mjs synth` and `npx cdktf synth` write the same bytes, whatever the Node. */
import { cp, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Example, examples, ROOT, SITE_FILES } from '../../tools/examples.js';
import { filesBelow } from '../fork/differences.js';
import { mustRun, run, tail } from '../harness/processes.mjs';
import { expect, expectEqual, type Suite } from '../harness/report.mjs';
import { makeFolder } from '../harness/scratch.mjs';
import { nodeProgram, NODES } from './nodes.mjs';

/** The plan by the CDKTF CLI of the checkout. */
async function byCdktf({ folder }: Example): Promise<string> {
  const scratch = await makeFolder('cdktf');
  const out = path.join(scratch, 'cdktf.out');
  await mustRun(path.join(ROOT, 'node_modules/.bin/cdktf'), ['synth', '--output', out], {
    cwd: ROOT,
    env: {
      AIRLOCK_SITE: path.join(folder, SITE_FILES.site),
      AIRLOCK_ENCLAVE: path.join(folder, SITE_FILES.enclave),
      AIRLOCK_LOCK: path.join(folder, SITE_FILES.lock),
      CDKTF_SKIP_PROVIDER_LOCK: 'true',
      HOME: scratch,
    },
    timeoutMs: 300_000,
  });
  return out;
}

/** The same by airlock.mjs, in a folder with the three files alone: no network, no variables, no home. */
async function byAirlock(node: string, program: string, { folder }: Example): Promise<string> {
  const here = await makeFolder('synth');
  for (const file of Object.values(SITE_FILES)) await cp(path.join(folder, file), path.join(here, file));
  const args = ['--net', 'env', '-i', 'PATH=/usr/bin:/bin', node, program, 'synth'];
  const ran = await run('unshare', args, { cwd: here });
  expect(ran.code === 0, `ended with status ${String(ran.code)}:\n${tail(ran)}`);
  expectEqual((await readdir(here)).sort(), [...Object.values(SITE_FILES), 'cdktf.out'].sort(), 'files');
  return path.join(here, 'cdktf.out');
}

/** Seconds of the quickest of seven: the others waited for the machine. */
async function quickest(command: string, args: readonly string[]): Promise<number> {
  const seconds: number[] = [];
  for (let at = 0; at < 7; at += 1) seconds.push((await mustRun(command, args)).seconds);
  return Math.min(...seconds);
}

export async function plans(suite: Suite, bytes: Buffer): Promise<void> {
  const program = path.join(await makeFolder('program'), 'airlock.mjs');
  await writeFile(program, bytes);
  await suite.check(`Node ${NODES.refused} is refused in words`, async () => {
    const ran = await run(nodeProgram(NODES.refused), [program, 'synth']);
    expectEqual([ran.code, ran.stdout], [3, ''], 'status and output');
    expectEqual(ran.stderr, `error: airlock needs Node 20.18.1 to 24, this is ${NODES.refused}\n`, 'what it says');
    return ran.stderr.trim();
  });
  await suite.check(`Node ${NODES.refused} is refused by the checkout, too`, async () => {
    const ran = await run(nodeProgram(NODES.refused), [path.join(ROOT, 'scripts/airlock.cjs'), '--version']);
    expectEqual([ran.code, ran.stdout], [3, ''], 'status and output');
    return ran.stderr.trim();
  });
  for (const version of NODES.taken)
    await suite.check(`the checkout's own program runs on Node ${version}`, async () => {
      const { stdout } = await mustRun(nodeProgram(version), [path.join(ROOT, 'scripts/airlock.cjs'), '--version']);
      return stdout.trim();
    });
  await suite.check('how long it takes to start, beside an empty Node (a figure, not a limit)', async () => {
    const node = nodeProgram(NODES.taken[1]);
    const [empty, help] = [await quickest(node, ['-e', '0']), await quickest(node, [program, '--help'])];
    return `${help.toFixed(2)} s, ${(help / empty).toFixed(1)} times ${empty.toFixed(2)} s; ${String(bytes.length)} bytes`;
  });
  for (const example of examples()) {
    const made: { out?: string } = {};
    await suite.check(`${example.name}: cdktf synth`, async () => {
      made.out = await byCdktf(example);
      return `${String(filesBelow(made.out).size)} files`;
    });
    for (const version of NODES.taken)
      await suite.check(`${example.name}: the same bytes by airlock.mjs on Node ${version}`, async () => {
        expect(made.out !== undefined, 'there is nothing to compare with');
        const expected = filesBelow(made.out);
        const found = filesBelow(await byAirlock(nodeProgram(version), program, example));
        expectEqual([...found.keys()], [...expected.keys()], 'files');
        for (const [name, content] of expected) expect(found.get(name)?.equals(content) ?? false, `${name} differs`);
        return `${String(expected.size)} files`;
      });
  }
}
