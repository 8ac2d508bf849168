/** `expect.stringMatching` and `expect.stringContaining`, typed so that strict linting accepts them inside objects. */
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
export const containing = (text: string): unknown => expect.stringContaining(text);
