/** Completion for zsh: one function for each command, for its completion system (zsh manual, "Completion System", _arguments). */
import { type CommandWords, type OptionWords, withAllBelow } from './words';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Brackets and colons mean something in a specification. */
const told = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

const functionOf = (name: string, path: readonly string[]): string => ['', name, ...path].join('_');

function specification({ names, summary, takesValue, choices, repeatable }: OptionWords): string[] {
  const value = takesValue ? `: :${choices === undefined ? '_files' : `(${choices.join(' ')})`}` : '';
  const others = repeatable ? '*' : `(${names.join(' ')})`;
  return names.map((one) =>
    quoted(`${others}${one}${takesValue && one.startsWith('--') ? '=' : ''}[${told(summary)}]${value}`),
  );
}

const lines = (words: readonly string[]): string => words.map((word) => `    ${word}`).join(' \\\n');

/** A noun offers its verbs, then the verb's own function goes on; one that is a verb as well offers paths beside them. */
function noun(name: string, { path, options, children, takesWords }: CommandWords): string {
  const verbs = children.map(
    (child) => `    ${quoted(`${child.path.at(-1) ?? ''}:${child.summary.replaceAll(':', '\\:')}`)}`,
  );
  return `${functionOf(name, path)}() {
  local state line
  local -a verbs=(
${verbs.join('\n')}
  )
  _arguments -C \\
${lines([...options.flatMap(specification), quoted('1: :->verb'), quoted('*:: :->rest')])}
  case $state in
    verb) _describe command verbs${takesWords ? '; _files' : ''} ;;
    rest)
      case $line[1] in
${children.map((child) => `        ${child.path.at(-1) ?? ''}) ${functionOf(name, child.path)} ;;`).join('\n')}
      esac ;;
  esac
}`;
}

function verb(name: string, { path, options, takesWords, choices }: CommandWords): string {
  const words = takesWords ? [quoted(`*: :${choices === undefined ? '_files' : `(${choices.join(' ')})`}`)] : [];
  return `${functionOf(name, path)}() {
  _arguments \\
${lines([...options.flatMap(specification), ...words])}
}`;
}

/** @param name the program's name, as the shell knows it */
export const zshCompletion = (name: string, words: CommandWords): string => `#compdef ${name}
${withAllBelow(words)
  .map((one) => (one.children.length > 0 ? noun(name, one) : verb(name, one)))
  .join('\n')}
# Autoloaded from a folder of $fpath, this file is the function's body; sourced, it is not.
if [[ $funcstack[1] == ${functionOf(name, [])} ]]; then ${functionOf(name, [])} "$@"; else compdef ${functionOf(name, [])} ${name}; fi
`;
