/** The frozen list of an example's Terraform addresses: construct ids are public contract. */
import type { Plan, Plans } from '../examples';

/** `<type>.<name>` of every resource, sorted. */
export const addressesOf = (plan: Plan): string[] =>
  Object.entries(plan.resource ?? {})
    .flatMap(([type, resources]) => Object.keys(resources).map((name) => `${type}.${name}`))
    .sort();

/** Text form: one line per resource, `<stack> <type>.<name>`, sorted. */
export const addressLines = (plans: Plans): string[] =>
  [...plans].flatMap(([stack, plan]) => addressesOf(plan).map((address) => `${stack} ${address}`)).sort();

const HOW =
  'Terraform destroys the object of an address that is gone, and creates that of a new one. Give the construct its old id ' +
  'back; or rename on purpose with `resource.moveFromId("<old address>")`, which writes a `moved` block and destroys ' +
  'nothing. Then `npm run addresses -- --write` freezes the new list.';

/** What differs from the frozen list, in words; empty when nothing does. */
export function addressFaults(example: string, frozen: readonly string[], now: readonly string[]): string[] {
  const gone = frozen.filter((line) => !now.includes(line)).map((line) => `${example}: gone: ${line}`);
  const fresh = now.filter((line) => !frozen.includes(line)).map((line) => `${example}: new: ${line}`);
  return [
    ...gone,
    ...fresh,
    ...(gone.length > 0 ? [HOW] : []),
    ...(gone.length === 0 && fresh.length > 0 ? ['Nothing is gone: `npm run addresses -- --write` freezes them.'] : []),
  ];
}
