/** What stands above the tables of the references of files. */

const EDITOR = `## In an editor

An editor with yaml-language-server (VS Code with the YAML extension, Neovim, Emacs, …) completes fields, shows what they mean and marks
what is wrong, once it has the schema. \`airlock init\` writes the first line of each file, which names it; the schema itself comes from
the kit, also on a far side:`;

const editorSample = (file: string): string => `
\`\`\`sh
airlock schema ${file} >${file}.schema.json
head -n 1 ${file}.yaml   # says: # yaml-language-server: $schema=${file}.schema.json
\`\`\`

Write it anew after an upgrade of the kit. What no schema can say, such as that a serving names a pool that is there, every command checks that
reads the file.
`;

const intro = (name: string, source: string): string => `# ${name}

Every field of \`${name}\`, from \`${source}\`. \`[]\` is an entry of a list, \`<name>\` a key of your own; in the third column, what holds
where a field is left out. What is no field here is refused, with the line it stands on.
`;

export const SITE_HEAD = `${intro('site.yaml', 'site/schema/site.schema.json')}
What is wanted: models, engines, versions. It travels with the bundle and names no address of the enclave; \`airlock init\` writes a first
one, \`airlock lock\` reads it. Beside it stand [enclave.yaml](enclave.md) and [airlock.lock.json](lock.md).

${EDITOR}
${editorSample('site')}`;

export const ENCLAVE_HEAD = `${intro('enclave.yaml', 'site/schema/enclave.schema.json')}
Where the site runs: addresses, nodes, registry. It never leaves the enclave; \`airlock init\` writes a first one, also beside a
[site.yaml](site.md) that came out of a bundle.

${EDITOR}
${editorSample('enclave')}`;

export const LOCK_HEAD = `${intro('airlock.lock.json', 'site/schema/lock.schema.json')}
\`airlock lock\` writes it from [site.yaml](site.md), for review; nobody edits it. \`airlock lock --check\` says whether the two still agree,
and \`airlock schema lock\` prints its schema.
`;

export const TRUST_HEAD = `${intro('trust.yaml', 'site/schema/trust.schema.json')}
Under whose keys, and on what terms, \`airlock verify --policy\` and \`airlock import --policy\` take a bundle. It lies beside the store, never
in it and never on a medium; [trust.md](../trust.md) says how it is kept. \`airlock schema trust\` prints its schema.
`;

export const GUARD_HEAD = `${intro('guard.yaml', 'guard/config/guard.schema.json')}
Who may call which workflows, and what calls and answers may say: \`airlock guard front\` and \`airlock guard back\` read one each.
[guard.md](../guard.md) says what they do with it. \`airlock schema guard\` prints its schema.
`;
