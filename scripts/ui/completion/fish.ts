/** Completion for fish: a rule for each word and option (fish documentation, "Writing your own completions"). */
import { type CommandWords, type OptionWords, withAllBelow } from './words';

/** In single quotes fish knows two escapes (fish documentation, "Quotes"). */
const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const flag = (name: string): string => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`);

/** What follows an option: nothing, one of some words, or a path. */
function value({ takesValue, choices }: OptionWords): string {
  if (!takesValue) return '';
  return choices === undefined ? ' -r -F' : ` -x -a ${quoted(choices.join(' '))}`;
}

function rules(name: string, { path, options, children, takesWords, choices }: CommandWords): string[] {
  const rule = `complete -c ${name} -n ${quoted(`__${name}_at ${quoted(path.join(' '))}`)}`;
  return [
    ...children.map((child) => `${rule} -a ${child.path.at(-1) ?? ''} -d ${quoted(child.summary)}`),
    ...options.map(
      (option) => `${rule} ${option.names.map(flag).join(' ')}${value(option)} -d ${quoted(option.summary)}`,
    ),
    ...(choices === undefined ? [] : [`${rule} -a ${quoted(choices.join(' '))}`]),
    ...(takesWords && choices === undefined ? [`${rule} -F`] : []),
  ];
}

/** @param name the program's name, as the shell knows it */
export function fishCompletion(name: string, words: CommandWords): string {
  const all = withAllBelow(words);
  const phrases = all
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => quoted(path.length === 1 ? ` ${path.join(' ')}` : path.join(' ')));
  return `# fish completion for ${name}
function __${name}_at
  set -l path ''
  set -l typed (commandline -opc)
  for word in $typed[2..-1]
    switch "$path $word"
      case ${phrases.join(' ')}
        set path (string trim -- "$path $word")
    end
  end
  test "$path" = "$argv"
end
complete -c ${name} -f
${all.flatMap((one) => rules(name, one)).join('\n')}
`;
}
