/** An error as people and as programs read it. Its words may quote what came from outside. */
import type { AirlockError, SourceFault } from '../../core/errors';
import { type Line, linesOf, show } from '../../core/visible';

function faultLines({ file, line, column, path, message, code, fix }: SourceFault, what: string): Line[] {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  // The one fault of an error that says the same.
  if (message === what) return [show`  at ${place} ${path}`];
  return [
    show`  ${place} ${path}: ${message}${code === undefined ? '' : ` [${code}]`}`,
    ...(fix === undefined ? [] : [show`    fix: ${fix}`]),
  ];
}

/** Where an error was made, behind its words. */
function frameLines({ stack = '', message }: Error): Line[] {
  const words = stack.indexOf(message);
  const frames = words < 0 ? stack : stack.slice(words + message.length);
  return linesOf(frames.trim()).map((frame) => show`    ${frame.trim()}`);
}

/**
 * A line for each thing that is said: nothing that an error quotes makes another one.
 *
 * @param verbose also where it and its cause were made
 */
export function errorLines(error: AirlockError, verbose: boolean): Line[] {
  const { code, what, items, faults, fix, cause } = error;
  return [
    show`error[${code}]: ${what}`,
    ...items.map((item) => show`  ${item}`),
    ...faults.flatMap((fault) => faultLines(fault, what)),
    ...(fix === undefined ? [] : [show`fix: ${fix}`]),
    ...(verbose ? frameLines(error) : []),
    ...(verbose && cause instanceof Error ? [show`cause: ${cause.name}: ${cause.message}`, ...frameLines(cause)] : []),
  ];
}

export const errorJson = ({ code, kind, message, fix, faults }: AirlockError): object => ({
  ...{ code, kind, message },
  ...{ fix, faults },
});
