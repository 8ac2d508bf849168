/** The fields of a JSON Schema, one after the other, as people write them. */

/** What the schemas of the kit use of JSON Schema 2020-12. */
export interface Schema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly then?: Schema;
  readonly else?: Schema;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

export interface Field {
  /** From the document's root: `pools[].name`, `pools.<name>.nodes`. */
  readonly path: string;
  readonly isRequired: boolean;
  /** Its own words over those of what it refers to. */
  readonly schema: Schema;
  /** What the definition that it refers to says of its form; absent where that is all that is said. */
  readonly form?: string;
  /** Where the same fields are listed already; they are not listed again. */
  readonly as?: string;
}

/** A schema with what it refers to; its own words win. */
export const resolved = (schema: Schema, root: Schema): Schema => {
  const name = schema.$ref?.replace('#/$defs/', '');
  const found = name === undefined ? undefined : root.$defs?.[name];
  if (name !== undefined && found === undefined) throw new Error(`no definition ${name}`);
  return { ...found, ...schema };
};

/** The mapping whose keys are fields of their own: the value, an entry of a list, what stands under any key. */
function inside(schema: Schema, path: string, root: Schema): { readonly schema: Schema; readonly path: string } {
  if (schema.items !== undefined) return inside(resolved(schema.items, root), `${path}[]`, root);
  if (typeof schema.additionalProperties === 'object' && schema.additionalProperties.properties !== undefined)
    return { schema: resolved(schema.additionalProperties, root), path: `${path}.<name>` };
  return { schema: schema.else ?? schema, path };
}

/** Every field of a schema, parents first, in the order of the schema. */
export function fieldsOf(root: Schema): Field[] {
  const listed = new Map<string, string>();
  const below = (schema: Schema, prefix: string): Field[] =>
    Object.entries(schema.properties ?? {}).flatMap(([key, given]) => {
      const path = prefix === '' ? key : `${prefix}.${key}`;
      const own = resolved(given, root);
      const definition = given.$ref === undefined ? undefined : resolved({ $ref: given.$ref }, root).description;
      const content = inside(own, path, root);
      const name = given.$ref ?? own.items?.$ref;
      const as = name === undefined || content.schema.properties === undefined ? undefined : listed.get(name);
      if (name !== undefined && as === undefined) listed.set(name, path);
      const field: Field = {
        path,
        isRequired: schema.required?.includes(key) === true,
        schema: own,
        ...(definition === undefined || definition === own.description || content.schema.properties !== undefined
          ? {}
          : { form: definition }),
        ...(as === undefined ? {} : { as }),
      };
      return [field, ...(as === undefined ? below(content.schema, content.path) : [])];
    });
  return below(root, '');
}
