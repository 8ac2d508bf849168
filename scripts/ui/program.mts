/** Turns a table of commands into a program: help, errors as text, exit codes. */
import { Command, CommanderError } from 'commander';
import { EXIT_CODES } from '../../core/errors.js';
import { asAirlockError } from '../../core/system-errors.js';
import { show } from '../../core/visible.js';
import { endOnSignals } from './interrupts.mjs';
import { commandNamed, GROUPS, helpAsOption, type CommandEntry, type CommandTable, type Named } from './grammar.js';
import { printError, say } from './output.mjs';
import { usageFault } from './usage.js';

const UPSTREAMS = 'Reaches upstreams (registries, the Hub, release pages): for the connected side.';

/** Misuse is thrown, and printed like every other error, with a code and a fix; by each command of a noun, too. */
function misuseNotExit(command: Command): void {
  command.exitOverride().configureOutput({ outputError: () => undefined });
  command.commands.forEach(misuseNotExit);
}

/** Commands that work on the connected side alone say so, in the list and in their own help. */
function describe(command: Command, { summary, group, needs, verbs = {} }: CommandEntry): Command {
  if (needs !== undefined) command.addHelpText('after', `\n${UPSTREAMS}`);
  for (const child of command.commands)
    if (verbs[child.name()]?.needs !== undefined) child.addHelpText('after', `\n${UPSTREAMS}`);
  return command.description(needs === undefined ? summary : `${summary} (connected side)`).helpGroup(`${group}:`);
}

/** @param isLoaded whether a command is needed whole; of others there is the summary alone */
async function programOf(
  name: string,
  version: string,
  table: CommandTable,
  isLoaded: (word: string) => boolean,
): Promise<Command> {
  const program = new Command(name)
    .description('Deployment kit for sovereign, air-gapped LLM clusters')
    .version(version)
    // An option behind a verb is the verb's, where its noun has one of the same name; commands inherit it.
    .enablePositionalOptions();
  for (const [word, entry] of Object.entries(table)) {
    const command = isLoaded(word) ? (await entry.load()).command() : new Command(word);
    program.addCommand(describe(command.name(word), entry).copyInheritedSettings(program));
  }
  const help = new Command('help').argument('[command]').description('display help for command');
  program.addHelpCommand(help.helpGroup(`${GROUPS.at(-1) ?? ''}:`));
  misuseNotExit(program);
  return program;
}

/** The program with every command and its options, to look at. */
export const wholeProgram = (name: string, version: string, table: CommandTable): Promise<Command> =>
  programOf(name, version, table, () => true);

/**
 * Help would be printed before any option is looked at; a question about an option that does not exist must not look like a
 * yes.
 *
 * @throws CommanderError for an option that the named command does not have
 */
function refuseUnknownOptions(program: Command, { word, verb }: Named, argv: readonly string[]): void {
  const noun = program.commands.find((command) => command.name() === word);
  const command = noun?.commands.find((child) => child.name() === verb) ?? noun ?? program;
  const known = new Set(['-h', '--help', ...command.options.flatMap(({ short, long }) => [short, long])]);
  const odd = argv.find((argument) => /^--?[a-z]/i.test(argument) && !known.has(argument.split('=')[0]));
  if (odd !== undefined) command.error(`error: unknown option '${odd}'`, { code: 'commander.unknownOption' });
}

/**
 * A reader that has seen enough, such as `head`, is no failure. Output that went nowhere is one, and not the command's answer: its
 * exit code may not say no.
 */
function unwritable(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.exitCode = EXIT_CODES.environment;
  process.on('exit', () => {
    process.exitCode = EXIT_CODES.environment;
  });
}

/**
 * Runs one command line. Only the named command's module is loaded.
 *
 * @returns the exit code: 0 fine, 1 the check says no, 2 misuse or broken input, 3 the environment failed, 4 a fault of ours
 */
export async function runProgram(
  name: string,
  version: string,
  table: CommandTable,
  typed: readonly string[],
): Promise<number> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', unwritable);
  const argv = helpAsOption(table, typed);
  let named: Named = {};
  const said = {
    json: argv.includes('--json'),
    verbose: argv.includes('--verbose') || process.env['AIRLOCK_VERBOSE'] === '1',
  };
  const interrupts = endOnSignals(said);
  try {
    named = commandNamed(name, table, argv);
    const program = await programOf(name, version, table, (word) => word === named.word);
    if (argv.includes('--help') || argv.includes('-h')) refuseUnknownOptions(program, named, argv);
    process.exitCode = 0;
    await program.parseAsync(argv.length === 0 ? ['--help'] : [...argv], { from: 'user' });
    return process.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const typed = [name, named.word, named.verb].filter((word) => word !== undefined).join(' ');
    const failure = error instanceof CommanderError ? usageFault(error, typed) : asAirlockError(error);
    // What follows from the end of the programs that it started is not what went wrong.
    if (!interrupts.ended()) printError(failure, said);
    if (failure.kind === 'environment' && named.needs === 'upstreams') say(show`note: ${UPSTREAMS}`);
    return failure.exitCode;
  } finally {
    interrupts.forget();
  }
}
