import { Argument, Command, Option } from 'commander';
import type { CommandTable } from '../../../scripts/ui/grammar';
import { commandPage } from '../../../tools/reference/command-page';

const load = () => Promise.reject(new Error('not needed'));

const TABLE: CommandTable = {
  take: { summary: 'takes', group: 'Far side', load },
  shelf: { summary: 'of shelves', group: 'Near side', verbs: { build: {}, burn: {} }, load },
};

const program = new Command('kit').description('a kit');
program.addCommand(
  new Command('take')
    .description('take a | b')
    .addArgument(new Argument('<what>', 'of what').choices(['tea', 'milk']))
    .argument('[more...]', 'what else')
    .addOption(new Option('--into <dir>', 'a folder').env('KIT_INTO').default('.'))
    .requiredOption('--how <way>', 'the way')
    .option('--json', 'as JSON', false)
    .addOption(new Option('--speed <n>', 'how fast').default(3, 'as fast as it goes'))
    .addHelpText('after', '\nExit codes: 0 taken.'),
);
const shelf = new Command('shelf').description('of shelves');
shelf
  .addCommand(new Command('build').description('build one'))
  .addCommand(new Command('burn').description('burn <all>'));
program.addCommand(shelf);

const page = commandPage(program, TABLE);

it('has a section for each command that can be run, below its group, and none for a noun', () => {
  const headings = page.split('\n').filter((line) => /^##+ /.test(line));
  expect(headings.slice(0, 4)).toEqual(['## Near side', '### kit shelf build', '### kit shelf burn', '## Far side']);
  expect(headings).not.toContain('### kit shelf');
});

it('says of a command how it is typed, what it takes, and what else its help says', () => {
  const section = page.slice(page.indexOf('### kit take'), page.indexOf('## Plan'));
  expect(section.split('\n').filter((line) => line !== '')).toEqual([
    '### kit take',
    '`kit take [options] <what> [more...]`: take a \\| b',
    '| argument, option | | default |',
    '| --- | --- | --- |',
    '| `<what>` | of what: `tea`, `milk` | needed |',
    '| `[more…]` | what else | – |',
    '| `--into <dir>` | a folder; or the variable `KIT_INTO` | `.` |',
    '| `--how <way>` | the way | needed |',
    '| `--json` | as JSON | – |',
    '| `--speed <n>` | how fast | as fast as it goes |',
    '```text',
    'Exit codes: 0 taken.',
    '```',
  ]);
});

it('shows words between angle brackets as they stand', () => {
  expect(page).toContain('burn \\<all>');
});
