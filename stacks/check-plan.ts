/** Whether a synthesized stack can be planned as it stands, alone. */
import { badInput } from '../core/errors';
import { decodeTemplate, referencesIn } from '../core/terraform-template';

interface Block {
  readonly depends_on?: readonly string[];
}

/** Blocks by type and name. */
type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;

/** The names that a `for` expression gives to what it goes through. */
const LOOP_NAMES = /\bfor\s+(\w+)(?:\s*,\s*(\w+))?\s+in\b/g;

/** Resources that an expression refers to, as `type.name`. */
function resourcesIn(expression: string): string[] {
  const looped = new Set([...expression.matchAll(LOOP_NAMES)].flatMap(([, ...names]) => names));
  return referencesIn(expression).filter((address) => !looped.has(address.split('.')[0] ?? ''));
}

function checkReference(address: string, where: string, resources: Blocks): void {
  const [type = '', name = ''] = address.split('.');
  if (resources[type]?.[name] !== undefined) return;
  throw badInput(
    'CROSS_STACK_REFERENCE',
    `${where} refers to ${type}.${name}, which is not in this stack`,
    'stacks of the kit stand alone: pass the plain value, or make the resource in this stack',
  );
}

function checkText(text: string, where: string, resources: Blocks): void {
  if (text.includes('TfToken[')) {
    throw badInput(
      'PLAN_VALUE_UNSAFE',
      `${where} holds an unresolved token`,
      'use plain values of site, enclave and lock',
    );
  }
  // Nearly no text of a plan has a template, and releases are long.
  if (!/[$%]\{/.test(text)) return;
  for (const address of decodeTemplate(text).expressions.flatMap(resourcesIn))
    checkReference(address, where, resources);
}

function check(value: unknown, where: string, resources: Blocks): void {
  if (typeof value === 'string') checkText(value, where, resources);
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw badInput('PLAN_VALUE_UNSAFE', `${where} is ${value}, beyond 2^53`, 'write it as a string');
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) check(item, `${where}.${key}`, resources);
}

/**
 * Finds what must not reach a plan: a value that only CDKTF can read, an integer that JSON readers round, a resource of
 * another stack.
 *
 * @param name of the stack, for the message
 * @throws AirlockError (input)
 */
export function checkPlan(plan: unknown, name: string): void {
  const { resource: resources = {} } = plan as { resource?: Blocks };
  check(plan, name, resources);
  for (const [type, blocks] of Object.entries(resources)) {
    for (const [id, { depends_on: awaited = [] }] of Object.entries(blocks)) {
      const where = `${name}.resource.${type}.${id}.depends_on`;
      for (const address of awaited.filter((one) => !/^(data|module)\./.test(one))) {
        checkReference(address, where, resources);
      }
    }
  }
}
