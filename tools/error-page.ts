/** The page of error codes, as Markdown. */
import { ERROR_CODE_GROUPS, type ErrorCodeFacts, EXIT_CODES } from '../core/error-codes';

const HEAD = `# Errors

Each error has a code. It stands in brackets in the text on standard error, and as \`error.code\` in the JSON that \`--json\`
prints on standard output:

\`\`\`
error[LOCK_OUT_OF_DATE]: lock and site disagree: model "chat" is not in the lock
fix: run \`airlock lock\` and review the change
\`\`\`

\`\`\`json
{ "error": { "code": "LOCK_OUT_OF_DATE", "kind": "check", "message": "…", "fix": "…", "faults": [] } }
\`\`\`

A code never changes its meaning, and its kind decides the exit code of the command:

| kind | exit code | |
| --- | --- | --- |
| \`check\` | ${EXIT_CODES.check} | it was looked at, and the answer is no |
| \`input\` | ${EXIT_CODES.input} | misuse or broken input: mend a file or the command line |
| \`environment\` | ${EXIT_CODES.environment} | network, credentials, disk, another program: a rerun may do |
| \`internal\` | ${EXIT_CODES.internal} | a fault of Airlock itself |

What went wrong, and what to do, is closer in the error than here. In \`faults\`, each fault of a file has its line, column and
fix. Generated from \`core/error-codes\`.
`;

const row = ([code, { kind, cause, fix }]: readonly [string, ErrorCodeFacts]): string =>
  `| \`${code}\` | ${kind}, ${String(EXIT_CODES[kind])} | ${cause} | ${fix} |`;

const table = ([group, codes]: readonly [string, Readonly<Record<string, ErrorCodeFacts>>]): string =>
  [
    `## ${group}`,
    '',
    '| code | kind, exit code | cause | fix |',
    '| --- | --- | --- | --- |',
    ...Object.entries(codes).map(row),
    '',
  ].join('\n');

export const errorPage = (): string => [HEAD, ...Object.entries(ERROR_CODE_GROUPS).map(table)].join('\n');
