/** Asks a person at a terminal before something is removed. */
import { createInterface } from 'node:readline';
import { visible } from '../../core/visible.js';
import { canAsk } from './ask-secret.mjs';
import { ask } from './output.mjs';

/**
 * Whether the person says yes, with that whole word.
 *
 * @returns undefined where nobody sits there
 */
export async function confirmed(question: string): Promise<boolean | undefined> {
  if (!canAsk()) return undefined;
  const lines = createInterface({ input: process.stdin, terminal: false });
  ask(visible(`${question} Type yes: `));
  try {
    for await (const line of lines) return line.trim() === 'yes';
    return false;
  } finally {
    lines.close();
  }
}
