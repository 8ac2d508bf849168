/** The page of fields that a request may hold, as Markdown. */
import { REQUEST_FIELDS } from '../gateway/fields';
import { describeFields } from '../gateway/fields/describe';
import { PATHS, type ApiPath } from '../gateway/policy';

const HEAD = `# What a request may hold

Before LiteLLM, a request holds these fields and no other: each other one is refused with 400 and its name, and so are
parameters in the address and headers \`x-litellm-…\`. Of other headers none comes further but the key, \`host\`, \`accept\`
and \`traceparent\`. The third column says what happens where a workflow redacts requests. \`messages[user]\` is a message
whose role is \`user\`; a part of a text is named by its type. Generated from \`gateway/fields\`.
`;

const table = (path: ApiPath): string =>
  [
    `## \`${PATHS[path]}\``,
    '',
    '| field | takes | where requests are redacted |',
    '| --- | --- | --- |',
    ...describeFields(REQUEST_FIELDS[path]).map(
      ({ place, takes, redacted = '–' }) => `| \`${place}\` | ${takes} | ${redacted} |`,
    ),
    '',
  ].join('\n');

export const fieldPage = (): string => [HEAD, ...(Object.keys(PATHS) as ApiPath[]).map(table)].join('\n');
