/** The reference of a file, as Markdown, from its JSON Schema. */
import { type Field, fieldsOf, resolved, type Schema } from './fields';

/** In a cell of a table also code must not hold a bare pipe (GitHub Flavored Markdown, "Tables"). */
const code = (value: unknown): string =>
  `\`${(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('|', '\\|')}\``;

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/<(?=\w)/g, '\\<');

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: '`true` or `false`',
  object: 'mapping',
};

const range = ({ minimum, maximum }: Schema): string => {
  if (maximum === undefined || maximum === Number.MAX_SAFE_INTEGER)
    return minimum === undefined ? '' : `, from ${String(minimum)}`;
  return minimum === undefined ? `, to ${String(maximum)}` : `, ${String(minimum)} to ${String(maximum)}`;
};

function mapping({ minProperties, maxProperties, additionalProperties }: Schema): string {
  if (minProperties === 1 && maxProperties === 1) return 'mapping with one of these keys';
  return typeof additionalProperties === 'object' ? 'mapping with keys of your own' : 'mapping';
}

/** What may be written as a value. */
export function takes(schema: Schema, root: Schema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.items !== undefined) {
    const item = resolved(schema.items, root);
    const limits = [
      (schema.minItems ?? 0) > 0 ? `at least ${String(schema.minItems)}` : '',
      schema.uniqueItems === true ? 'no two alike' : '',
    ].filter((limit) => limit !== '');
    return [`list of ${item.properties === undefined ? takes(item, root) : 'mappings'}`, ...limits].join('; ');
  }
  if (schema.then !== undefined && schema.else !== undefined)
    return `${takes(schema.then, root)}, or ${mapping(schema.else)}`;
  if (schema.type === 'object') return mapping(schema);
  if (schema.format === 'date') return 'date, `YYYY-MM-DD`';
  const type = TYPES[schema.type ?? ''];
  if (type === undefined) throw new Error(`nobody has said what ${JSON.stringify(schema)} takes`);
  if (schema.pattern !== undefined) return `${type} that matches ${code(schema.pattern)}`;
  return `${type}${(schema.minLength ?? 0) > 0 ? ', not empty' : ''}${range(schema)}`;
}

const needed = ({ isRequired, schema }: Field): string => {
  if (isRequired) return 'yes';
  return schema.default === undefined ? 'no' : `no; ${code(schema.default)}`;
};

function told({ path, schema, form, as }: Field): string {
  if (schema.description === undefined) throw new Error(`${path} has no description`);
  const examples = (schema.examples ?? []).map(code).join(', ');
  return [
    cell(schema.description),
    ...(form === undefined ? [] : [cell(form)]),
    ...(as === undefined ? [] : [`Its fields are those of \`${as}\`.`]),
    ...(examples === '' ? [] : [`Example: ${examples}`]),
  ].join(' ');
}

const table = (fields: readonly Field[], root: Schema): string =>
  [
    '| field | takes | needed; default | what it is |',
    '| --- | --- | --- | --- |',
    ...fields.map(
      (field) => `| \`${field.path}\` | ${takes(field.schema, root)} | ${needed(field)} | ${told(field)} |`,
    ),
    '',
  ].join('\n');

/** The first key of a field's path. */
const topOf = ({ path }: Field): string => path.split(/[.[]/)[0] ?? '';

/**
 * A page with a table of the fields that stand alone, and one of each field that has others below it.
 *
 * @param head what stands before the tables
 * @throws Error for a field without a description
 */
export function schemaPage(head: string, schema: Schema): string {
  const fields = fieldsOf(schema);
  const tops = [...new Set(fields.map(topOf))];
  const groups = tops.map((top) => [top, fields.filter((field) => topOf(field) === top)] as const);
  const alone = groups.flatMap(([, found]) => (found.length === 1 ? found : []));
  return [
    head,
    '## At the top\n',
    table(alone, schema),
    ...groups.flatMap(([top, found]) => (found.length === 1 ? [] : [`## ${top}\n`, table(found, schema)])),
  ].join('\n');
}
