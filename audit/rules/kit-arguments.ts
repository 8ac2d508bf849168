/** Arguments of the kit's program in pods, read as its command line is (docs/contracts.md, "Kit program in pods"). */
import type { Container } from '../kubernetes/pods';
import { at, itemsOf, textOf, Unproven } from '../plan/access';
import type { PlanNode } from '../plan/node';

export interface KitArgument {
  readonly value: string;
  readonly node: PlanNode;
}

export interface KitCommandLine {
  /** Words before the first option, e.g. `weights fetch`. */
  readonly command: string;
  /** Option without dashes → its values, in order. */
  readonly options: ReadonlyMap<string, readonly KitArgument[]>;
}

/**
 * Reads the `args` of a container of the kit's image.
 *
 * @throws Unproven when `command` replaces the program, or an argument depends on the environment
 */
export function kitCommandLine({ node }: Container): KitCommandLine {
  const command = at(node, 'command');
  if (command !== undefined && itemsOf(command).length > 0) {
    throw new Unproven('"command" replaces the kit program: what runs is not known', command.where);
  }
  const words: string[] = [];
  const options = new Map<string, KitArgument[]>();
  const args = itemsOf(at(node, 'args'));
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index];
    const text = textOf(argument);
    if (argument === undefined || text === undefined) continue;
    // The kubelet replaces $(NAME) from the container's environment; $$( is an escape.
    if (/\$\(/.test(text))
      throw new Unproven('the argument depends on the environment of the container', argument.where);
    if (!text.startsWith('--')) {
      if (options.size === 0) words.push(text);
      else throw new Unproven('an argument without option', argument.where);
      continue;
    }
    const equals = text.indexOf('=');
    const name = text.slice(2, equals < 0 ? undefined : equals);
    const next = equals < 0 ? args[index + 1] : argument;
    const value = equals < 0 ? textOf(next) : text.slice(equals + 1);
    if (next === undefined || value === undefined || /\$\(/.test(value)) {
      throw new Unproven(`the value of --${name} is not known`, (next ?? argument).where);
    }
    options.set(name, [...(options.get(name) ?? []), { value, node: next }]);
    if (equals < 0) index += 1;
  }
  return { command: words.join(' '), options };
}

/** Options of `weights fetch`; another one may change what it checks. */
export const FETCH_OPTIONS: readonly string[] = ['mirror', 'model', 'ollama', 'file', 'into', 'cache', 'ca'];
/** The same of `weights verify`. */
export const VERIFY_OPTIONS: readonly string[] = ['manifest', 'digest', 'dir'];
