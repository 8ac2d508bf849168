/** Completion for bash, from version 3.2 on: a function and what `complete` is told of it (bash manual, "Programmable Completion"). */
import { quote } from 'shell-quote';
import { type CommandWords, withAllBelow } from './words';

const joined = (words: readonly string[]): string => quote([words.join(' ')]);

function branch({ path, options, children, choices = [] }: CommandWords): string[] {
  const valued = options.filter(({ takesValue, choices: some }) => takesValue && some === undefined);
  return [
    `    ${joined(path)})`,
    `      words=${joined([...children.map((child) => child.path.at(-1) ?? ''), ...choices])}`,
    `      options=${joined(options.flatMap(({ names }) => names))}`,
    `      valued=${joined(valued.flatMap(({ names }) => names))}`,
    ...options.flatMap(({ names, choices: some }) =>
      some === undefined ? [] : [`      case $before in ${names.join('|')}) words=${joined(some)} chosen=1 ;; esac`],
    ),
    '      ;;',
  ];
}

/** @param name the program's name, as the shell knows it */
export function bashCompletion(name: string, words: CommandWords): string {
  const all = withAllBelow(words);
  const phrases = all
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => quote([['', ...path].slice(path.length === 1 ? 0 : 1).join(' ')]));
  return `# bash completion for ${name}
_${name}() {
  local word path= words= options= valued= chosen=
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  # Readline cuts words at "=": --option=value is three of them.
  if [[ $current == = ]]; then current=
  elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
      ${phrases.join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  COMPREPLY=()
  case $path in
${all.flatMap(branch).join('\n')}
  esac
  if [[ -z $chosen && " $valued " == *" $before "* ]]; then return; fi # the shell completes paths
  if [[ -z $chosen && $current == -* ]]; then words=$options; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _${name} ${name}
`;
}
