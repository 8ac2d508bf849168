/** Text that reaches a plan as it was written. */

/**
 * Characters that YAML readers refuse or fold (YAML 1.1 §5.1 "Character Set", §5.4 "Line Break Characters"): DEL, C1
 * controls with NEL, the byte-order mark, non-characters and lone surrogates.
 */
const UNSAFE_TEXT = /[\u007f-\u009f\ufeff\ufffe\uffff]|\p{Surrogate}/u;

/** The first character of a text that YAML does not carry, as `U+0085`; undefined where it carries all. */
export function unsafeCharacter(text: string): string | undefined {
  const found = UNSAFE_TEXT.exec(text)?.[0];
  return found && `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** How CDKTF marks values that Terraform alone knows; in a text it would be taken for one. */
export const TOKEN_MARK = 'TfToken[';
