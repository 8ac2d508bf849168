/** Texts that no plan carries: found where they are written, not when the plan is. */
import { TOKEN_MARK, unsafeCharacter } from '../../core/plan-text';

interface OddText {
  /** Segments from the document's root. */
  readonly path: readonly (string | number)[];
  readonly what: string;
  readonly fix: string;
}

function oddText(text: string): Omit<OddText, 'path'> | undefined {
  const unsafe = unsafeCharacter(text);
  if (unsafe !== undefined)
    return { what: `this text holds the character ${unsafe}, which YAML does not carry`, fix: 'remove it' };
  if (text.includes(TOKEN_MARK))
    return {
      what: `this text holds ${TOKEN_MARK}, with which values begin that Terraform makes`,
      fix: 'write it otherwise',
    };
  return undefined;
}

/** Every such text of a plain value, keys included. */
export function oddTexts(value: unknown, path: readonly (string | number)[] = []): OddText[] {
  const found = (text: string, at: readonly (string | number)[]): OddText[] => {
    const odd = oddText(text);
    return odd === undefined ? [] : [{ path: at, ...odd }];
  };
  if (typeof value === 'string') return found(value, path);
  if (Array.isArray(value)) return value.flatMap((item, at) => oddTexts(item, [...path, at]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...found(key, [...path, key]),
    ...oddTexts(item, [...path, key]),
  ]);
}
