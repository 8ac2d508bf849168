/** The reference of the commands, as Markdown, from commander's tree and the table of commands. */
import type { Argument, Command, Option } from 'commander';
import { EXIT_CODES } from '../../core/error-codes';
import { GROUPS, type CommandTable } from '../../scripts/ui/grammar';

const HEAD = `# Commands

Every command, in the groups of \`airlock --help\`: who types it, and where. In a checkout they are \`npx airlock …\`, with the one
file \`node airlock.mjs …\`; both have the same commands. Every command has \`--help\`. Options may stand before or after
arguments, their values after a blank or \`=\`. Generated from \`scripts/commands.mts\` and \`scripts/commands/\`.

| exit code | |
| --- | --- |
| 0 | fine |
| ${String(EXIT_CODES.check)} | it was looked at, and the answer is no: damaged, untrusted, violated, different |
| ${String(EXIT_CODES.input)} | misuse or broken input: mend a file or the command line |
| ${String(EXIT_CODES.environment)} | network, credentials, disk, another program: a rerun may do |
| ${String(EXIT_CODES.internal)} | a fault of Airlock itself |

The codes of errors, and what they mean: [errors.md](../errors.md).
`;

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/</g, '\\<').replaceAll('\n', ' ');

const choicesOf = (choices: readonly string[] | undefined): string =>
  choices === undefined ? '' : `: ${choices.map((choice) => `\`${choice}\``).join(', ')}`;

function argumentRow(argument: Argument): string {
  const { required, description, argChoices, variadic } = argument;
  const word = `${argument.name()}${variadic ? '…' : ''}`;
  const shown = required ? `<${word}>` : `[${word}]`;
  return `| \`${shown}\` | ${cell(description)}${choicesOf(argChoices)} | ${required ? 'needed' : '–'} |`;
}

function defaultOf({ mandatory, defaultValue, defaultValueDescription }: Option): string {
  if (mandatory) return 'needed';
  if (defaultValueDescription !== undefined) return cell(defaultValueDescription);
  if (defaultValue === undefined || defaultValue === false) return '–';
  return `\`${cell(typeof defaultValue === 'string' ? defaultValue : JSON.stringify(defaultValue))}\``;
}

const variableOf = ({ envVar }: Option): string => (envVar === undefined ? '' : `; or the variable \`${envVar}\``);

const optionRow = (option: Option): string =>
  `| \`${option.flags.replaceAll('|', '\\|')}\` | ${cell(option.description)}${choicesOf(option.argChoices)}${variableOf(option)} | ${defaultOf(option)} |`;

/** What the help says after the options. */
function notesOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (more) => void (text += more) }).outputHelp();
  return text.slice(command.helpInformation().length).trim();
}

/** A command that runs, and each of a noun's; a noun with an argument of its own is both. */
function sectionsOf(command: Command, words: string): string[] {
  const children = command.commands.flatMap((child) => sectionsOf(child, `${words} ${child.name()}`));
  const runs = command.commands.length === 0 || command.registeredArguments.length > 0;
  return [...(runs ? sectionOf(command, words) : []), ...children];
}

function sectionOf(command: Command, words: string): string[] {
  const rows = [...command.registeredArguments.map(argumentRow), ...command.options.map(optionRow)];
  const notes = notesOf(command);
  return [
    `### ${words}`,
    '',
    `\`${words} ${command.usage()}\`: ${cell(command.description())}`,
    '',
    ...(rows.length === 0 ? [] : ['| argument, option | | default |', '| --- | --- | --- |', ...rows, '']),
    ...(notes === '' ? [] : ['```text', notes, '```', '']),
  ];
}

/** @param program with every command loaded */
export const commandPage = (program: Command, table: CommandTable): string =>
  [
    HEAD,
    ...GROUPS.flatMap((group) => [
      `## ${group}`,
      '',
      ...program.commands
        .filter((command) => table[command.name()]?.group === group)
        .flatMap((command) => sectionsOf(command, `${program.name()} ${command.name()}`)),
    ]),
  ].join('\n');
