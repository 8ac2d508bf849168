/** How long a context may be: never longer than the model was made for. */
import { badInput } from '../core/errors';

/** Tokens of a context that the site does not state, of engines that set the whole of it aside at their start. */
const DEFAULT_CONTEXT = 8192;

/** @param own the longest context of the model, where it is known */
export const defaultContext = (own: number = DEFAULT_CONTEXT): number => Math.min(DEFAULT_CONTEXT, own);

/**
 * Engines refuse a longer context at their start (vllm/config/model.py, _get_and_verify_max_len), or answer nonsense.
 *
 * @param own the longest context of the model, rope scaling included; undefined where it is not known
 * @param best a context to write instead; the longest by default
 * @throws AirlockError (input)
 */
export function checkContext(
  serving: string,
  maxModelLen: number | undefined,
  own: number | undefined,
  best: () => number | undefined = () => undefined,
): void {
  if (maxModelLen === undefined || own === undefined || maxModelLen <= own) return;
  throw badInput(
    'CONTEXT_TOO_LONG',
    `serving "${serving}": maxModelLen ${maxModelLen} is longer than the ${own} tokens that its model was made for`,
    `write maxModelLen: ${best() ?? own} or less, or take a model with a longer context`,
  );
}
