/** A program of the plan whose configuration is judged, and what its reader finds. */
import type { Container } from '../kubernetes/pods';
import { at, itemsOf, textOf } from '../plan/access';
import { parseStrictJson } from '../../core/strict-json';
import type { AuditContext, Complaint } from '../rules/rule';
import type { Fault } from './fault';
import type { MountedFile } from './files';

/** A container with what it is given to read. */
export interface Program {
  readonly container: Container;
  readonly files: readonly MountedFile[];
  readonly context: AuditContext;
}

export const namespaceOf = ({ container }: Program): string => container.pod.object.namespace;

/** Complaints at the value in the plan that holds a file. */
export const aboutFile = ({ node, path }: MountedFile, faults: readonly Fault[]): Complaint[] =>
  faults.map(({ pointer, message, fix, value, unknown, lacks }) => ({
    check: unknown === true ? 'unknown' : 'promise',
    message: `${path}${pointer === '' ? '' : ` at ${pointer}`}: ${message}`,
    fix,
    where: node.where,
    ...(value === undefined ? {} : { value }),
    ...(unknown === true ? { unproven: true } : {}),
    ...(lacks === undefined ? {} : { lacks }),
  }));

const unread = (file: MountedFile): Complaint[] =>
  aboutFile(file, [
    { pointer: '', message: 'nobody knows what the program does with this file', fix: 'remove it', unknown: true },
  ]);

/** Files that no reader knows. */
export const unreadFiles = (files: readonly MountedFile[], known: readonly MountedFile[]): Complaint[] =>
  files.filter((file) => !known.includes(file)).flatMap(unread);

/** Its configuration is not a file of the plan. */
export const withoutFile = ({ container: { node } }: Program, what: string): Complaint => ({
  check: 'unknown',
  message: `the plan does not show ${what}`,
  fix: 'mount it from a ConfigMap of the plan, and name it in the arguments',
  where: node.where,
  unproven: true,
});

/** JSON of a file; a fault where it is none, or has a key twice. */
export function jsonOf(text: string): { readonly value: unknown } | { readonly fault: Fault } {
  try {
    return { value: parseStrictJson(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const fix = 'write JSON, each key once';
    return { fault: { pointer: '', message: `the text is not known: ${error.message}`, fix, unknown: true } };
  }
}

/** Complaints of a reader about a JSON file. */
export function aboutJson(file: MountedFile, read: (value: unknown) => readonly Fault[]): Complaint[] {
  const parsed = jsonOf(file.text);
  return aboutFile(file, 'fault' in parsed ? [parsed.fault] : read(parsed.value));
}

/** Arguments of a container, as texts. */
export const argumentsOf = ({ node }: Container): string[] =>
  itemsOf(at(node, 'args')).map((item) => textOf(item) ?? '');

/** The file that follows, or is joined to, an option. */
export function fileOfOption({ container, files }: Program, option: string): MountedFile | undefined {
  const args = argumentsOf(container);
  const named = args.flatMap((text, at) => {
    if (text === option) return [args[at + 1] ?? ''];
    return text.startsWith(`${option}=`) ? [text.slice(option.length + 1)] : [];
  });
  const [path, ...others] = named;
  const found = files.filter((file) => file.path === path);
  return others.length === 0 && found.length === 1 ? found[0] : undefined;
}
