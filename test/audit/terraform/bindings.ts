/** Names of the providers' schemas, as the generated bindings spell them for Terraform. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folderOf = (provider: 'kubernetes' | 'helm'): string =>
  path.dirname(require.resolve(`@cdktf/provider-${provider}/package.json`));

const keysIn = (body: string | undefined): string[] =>
  [...(body ?? '').matchAll(/^\s+"?(\w+)"?: /gm)].map(([, key]) => key!);

/** Arguments of a provider block, or of the block that a function of the bindings writes. */
export function providerArguments(provider: 'kubernetes' | 'helm', block?: string): string[] {
  const code = readFileSync(path.join(folderOf(provider), 'lib/provider/index.js'), 'utf8');
  const named = block === undefined ? 'synthesizeAttributes() {' : `function ${block}ToTerraform(`;
  const rest = code.slice(code.indexOf(named)).replace(/^[^]*?return \{\n/, '');
  return keysIn(rest.slice(0, rest.search(/^\s+\};/m)));
}

/** Types of the resources of a provider, by `tfResourceType` of their bindings; data sources are left out. */
export function resourceTypes(provider: 'kubernetes' | 'helm'): string[] {
  const lib = path.join(folderOf(provider), 'lib');
  return readdirSync(lib)
    .filter((name) => !name.startsWith('data-') && name !== 'provider')
    .flatMap((name) => {
      try {
        return /tfResourceType = "([^"]+)"/.exec(readFileSync(path.join(lib, name, 'index.js'), 'utf8'))?.[1] ?? [];
      } catch {
        return [];
      }
    });
}
