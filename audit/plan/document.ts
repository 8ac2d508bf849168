/** JSON documents in strings of a plan, such as the values of a release; several rules read each, and it is taken apart once. */
import { once } from '../../core/remember';
import { jsonNode, type PlanNode, type ScalarNode } from './node';
import { parseStrictJson } from '../../core/strict-json';

/**
 * The document that a text holds, with places inside it.
 *
 * @throws SyntaxError where it holds none
 */
export const documentIn = once(({ value, where }: ScalarNode): PlanNode =>
  jsonNode(parseStrictJson(String(value)), { pointer: where.pointer, inner: '' }),
);
