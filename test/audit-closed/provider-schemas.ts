/** Arguments of resources, data sources and providers, as the bindings of CDKTF have them from the providers' schemas. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The form of an argument: a block with arguments of its own, or a value. */
export type Argument = 'string' | 'number' | 'boolean' | 'list' | Schema;
export type Schema = ReadonlyMap<string, Argument>;

export interface ProviderSchemas {
  /** Type → its arguments. */
  readonly resources: ReadonlyMap<string, Schema>;
  readonly data: ReadonlyMap<string, Schema>;
  readonly providers: ReadonlyMap<string, Schema>;
}

const PACKAGES = ['@cdktf/provider-kubernetes', '@cdktf/provider-helm'];

/** `name: cdktf.stringToTerraform(struct.name),` and `name: blockToTerraform(struct.name),` of one function's object. */
const ENTRY = /^ {8,12}(\w+): (?:cdktf\.listMapper\((\w+|cdktf\.\w+), \w+\)|cdktf\.hashMapper\([^)]*\)|([\w.]+))\(/gm;

function argumentOf(
  maker: string | undefined,
  functions: ReadonlyMap<string, string>,
  above: readonly string[],
): Argument {
  if (maker === undefined || /^cdktf\.(?:any|listMapper)/.test(maker)) return 'list';
  if (maker.startsWith('cdktf.number')) return 'number';
  if (maker.startsWith('cdktf.boolean')) return 'boolean';
  if (maker.startsWith('cdktf.')) return 'string';
  const body = functions.get(maker);
  return body === undefined || above.includes(maker) ? 'string' : schemaOf(body, functions, [...above, maker]);
}

const schemaOf = (body: string, functions: ReadonlyMap<string, string>, above: readonly string[] = []): Schema =>
  new Map(
    [...body.matchAll(ENTRY)].map(([, name = '', listed, plain]) => [
      name,
      listed?.startsWith('cdktf.') === true ? 'list' : argumentOf(listed ?? plain, functions, above),
    ]),
  );

function schemasIn(file: string): readonly (readonly [type: string, Schema])[] {
  const text = readFileSync(file, 'utf8');
  const functions = new Map(
    [...text.matchAll(/^function (\w+ToTerraform)\(struct\) \{\n([\s\S]*?)^\}/gm)].map(([, name = '', body = '']) => [
      name,
      body,
    ]),
  );
  const bodies = [...text.matchAll(/^ {4}synthesizeAttributes\(\) \{\n([\s\S]*?)^ {4}\}/gm)].map(
    ([, body = '']) => body,
  );
  const types = [...text.matchAll(/\.tfResourceType = "(\w+)"/g)].map(([, type = '']) => type);
  return types.map((type, at) => [type, schemaOf(bodies[at] ?? '', functions)]);
}

/** Every schema of the two providers that plans of the kit use. */
export function providerSchemas(): ProviderSchemas {
  const found = {
    resources: new Map<string, Schema>(),
    data: new Map<string, Schema>(),
    providers: new Map<string, Schema>(),
  };
  for (const name of PACKAGES) {
    const root = path.join(path.dirname(require.resolve(`${name}/package.json`)), 'lib');
    for (const folder of readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
      const kind = folder.name === 'provider' ? 'providers' : folder.name.startsWith('data-') ? 'data' : 'resources';
      for (const [type, schema] of schemasIn(path.join(root, folder.name, 'index.js'))) found[kind].set(type, schema);
    }
  }
  return found;
}
