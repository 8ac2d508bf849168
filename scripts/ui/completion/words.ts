/** What can be typed after the program's name, read from commander's tree: the one source of every shell's completion. */
import type { Command, Help, Option } from 'commander';

export interface OptionWords {
  /** As they are typed: `--json`, `-h`. */
  readonly names: readonly string[];
  readonly summary: string;
  readonly takesValue: boolean;
  /** The only values there are; without them, any word or path. */
  readonly choices?: readonly string[];
  readonly repeatable: boolean;
}

export interface CommandWords {
  /** Words that name it, after the program's own; none for the program. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly options: readonly OptionWords[];
  readonly children: readonly CommandWords[];
  /** Whether words follow that are no commands, such as a folder. */
  readonly takesWords: boolean;
  /** The only words that may follow; without them, any word or path. */
  readonly choices?: readonly string[];
}

const optionWords = ({
  short,
  long,
  description,
  required,
  optional,
  argChoices,
  variadic,
  defaultValue,
}: Option): OptionWords => ({
  names: [long, short].filter((name) => name !== undefined),
  summary: description,
  takesValue: required || optional,
  ...(argChoices === undefined ? {} : { choices: argChoices }),
  repeatable: variadic || Array.isArray(defaultValue),
});

function wordsOf(command: Command, help: Help, path: readonly string[]): CommandWords {
  const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
  return {
    path,
    summary: command.summary() || command.description(),
    options: help.visibleOptions(command).map(optionWords),
    children: help
      .visibleCommands(command)
      .filter((child) => child.name() !== 'help')
      .map((child) => wordsOf(child, help, [...path, child.name()])),
    takesWords: command.registeredArguments.length > 0,
    ...(choices.length === 0 ? {} : { choices }),
  };
}

/** @param program with every command loaded */
export const completionWords = (program: Command): CommandWords => wordsOf(program, program.createHelp(), []);

/** A command and all below it. */
export const withAllBelow = (words: CommandWords): readonly CommandWords[] => [
  words,
  ...words.children.flatMap(withAllBelow),
];
