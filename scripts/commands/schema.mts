/** `airlock schema`: the JSON Schema of a file, for editors and other programs. */
import { Argument, Command } from 'commander';
import waivers from '../../audit/waivers/waivers.schema.json' with { type: 'json' };
import guard from '../../guard/config/guard.schema.json' with { type: 'json' };
import enclave from '../../site/schema/enclave.schema.json' with { type: 'json' };
import lock from '../../site/schema/lock.schema.json' with { type: 'json' };
import site from '../../site/schema/site.schema.json' with { type: 'json' };
import trust from '../../site/schema/trust.schema.json' with { type: 'json' };
import { schemaPage } from '../text/schema.js';
import { print } from '../ui/output.mjs';

const SCHEMAS = { site, enclave, trust, waivers, lock, guard } as const;

const HELP = `
For completion in an editor with yaml-language-server, beside the files:
  airlock schema site >site.schema.json
  airlock schema enclave >enclave.schema.json
and as the first line of site.yaml, which \`airlock init\` writes:
  # yaml-language-server: $schema=site.schema.json`;

export const command = (): Command =>
  new Command('schema')
    .addArgument(new Argument('<file>', 'of which file').choices(Object.keys(SCHEMAS)))
    .addHelpText('after', HELP)
    .action((file: keyof typeof SCHEMAS) => print(schemaPage(SCHEMAS[file])));
