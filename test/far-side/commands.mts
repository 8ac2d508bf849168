/** Every command of the table is inside `airlock.mjs`, with its help. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { COMMANDS } from '../../scripts/commands.mjs';
import { phrases } from '../../scripts/ui/grammar.js';
import { mustRun } from '../harness/processes.mjs';
import { expect, expectEqual, expectMatch, type Suite } from '../harness/report.mjs';
import { makeFolder } from '../harness/scratch.mjs';

export async function commands(suite: Suite, bytes: Buffer): Promise<void> {
  const program = path.join(await makeFolder('program'), 'airlock.mjs');
  await writeFile(program, bytes);
  for (const phrase of phrases(COMMANDS))
    await suite.check(`${phrase} is there, with its help`, async () => {
      const [word = '', verb] = phrase.split(' ');
      const { stdout } = await mustRun(process.execPath, [program, ...phrase.split(' '), '--help']);
      expectMatch(stdout, new RegExp(`^Usage: airlock ${phrase}( |$)`, 'm'), 'its first line');
      const { verbs = {}, needs } = COMMANDS[word] ?? {};
      const listed = [...(stdout.split('\nCommands:\n')[1] ?? '').matchAll(/^ {2}([a-z-]+)/gm)].map(
        (match) => match[1],
      );
      if (verb === undefined)
        expectEqual(
          listed.filter((one) => one !== 'help'),
          Object.keys(verbs),
          'its verbs',
        );
      const need = verb === undefined ? needs : verbs[verb]?.needs;
      expect(
        stdout.includes('Reaches upstreams') === (need === 'upstreams'),
        'where it runs is not what the table says',
      );
      return need ?? 'any side';
    });
}
