/**
 * Names come from unverified content: characters that steer a terminal or reorder text are shown as their code, e.g.
 * `\u{1b}`. Text is unchanged where it holds no control, format, surrogate, private or unassigned character and no line
 * or paragraph separator (Unicode general categories C, Zl, Zp).
 */
export const visible = (text: string): string =>
  text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
