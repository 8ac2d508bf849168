/** Turns a table of commands into a program: help, errors as text, exit codes. */
import { Command, CommanderError } from 'commander';
import { AirlockError, EXIT_CODES } from '../../core/errors.js';
import { printError } from './output.mjs';

/** A module of `scripts/commands`: builds its command afresh. */
export interface CommandModule {
  readonly command: () => Command;
}

export type CommandTable = Readonly<
  Record<string, { readonly summary: string; readonly load: () => Promise<CommandModule> }>
>;

function misuseNotExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(misuseNotExit);
}

/**
 * Runs one command line. Only the named command's module is loaded.
 *
 * @returns the exit code: 0 fine, 1 the check says no, 2 misuse or broken input, 3 the environment failed
 */
export async function runProgram(
  name: string,
  version: string,
  table: CommandTable,
  argv: readonly string[],
): Promise<number> {
  // A reader that has seen enough, such as `head`, is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const program = new Command(name)
    .description('Deployment kit for sovereign, air-gapped LLM clusters')
    .version(version)
    .showHelpAfterError('(add --help for the options)');
  const wanted = argv.find((word) => !word.startsWith('-'));
  try {
    for (const [word, entry] of Object.entries(table)) {
      const command =
        word === wanted || (wanted === 'help' && argv.includes(word))
          ? (await entry.load()).command()
          : new Command(word);
      program.addCommand(command.name(word).description(entry.summary).copyInheritedSettings(program));
    }
    misuseNotExit(program);
    process.exitCode = 0;
    await program.parseAsync(argv.length === 0 ? ['--help'] : [...argv], { from: 'user' });
    return process.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODES.input;
    printError(error, {
      json: argv.includes('--json'),
      verbose: argv.includes('--verbose') || process.env['AIRLOCK_VERBOSE'] === '1',
    });
    return error instanceof AirlockError ? error.exitCode : EXIT_CODES.environment;
  }
}
