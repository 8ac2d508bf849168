/** Content that a stranger wrote may break any expectation: that is a verdict, not a crash. */
import { AirlockError } from '../../core/errors';

/**
 * What an error says about the content it came from.
 *
 * @throws the error itself when the environment failed: that says nothing about the content
 */
export function verdictOf(error: unknown): string {
  if (error instanceof AirlockError && error.kind === 'environment') throw error;
  return error instanceof Error ? error.message : String(error);
}
