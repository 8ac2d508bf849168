/** The page of arguments that a site may add to its engines, as Markdown. */
import { ENGINES } from '../engines';
import type { ArgumentForm } from '../engines/argument-form';

const HEAD = `# Further arguments of engines

What \`extraArgs\` of a serving may say, for each engine. It is a closed list: whatever is not on it is refused at synthesis, and
\`airlock audit\` finds it in a plan that says it all the same. It must be written in full, as it stands here, as two words (\`--dtype\`,
\`bfloat16\`) or with \`=\` where the engine takes that. On the list is what decides how much, how fast and in which order an engine computes,
and which kind of work it does; not what reads or writes a path, loads code or other weights, opens a port, calls another server or logs
what was asked. What a field of the serving stands for ([site.md](site.md#servings)) is written there.

An argument that is missing here needs a review: what the pinned version does with it, and which values are harmless. It then enters
\`engines/\` beside the others, with a release of Airlock. Generated from \`engines\`.
`;

const code = (text: string): string => `\`${text}\``;

/** The form of a value, in words. */
function formText(form: ArgumentForm): string {
  if (form === 'switch') return 'nothing';
  if ('each' in form) return `one or more: ${form.each.wanted}`;
  return form.wanted;
}

/** Arguments of one form share an entry. */
function entries(forms: readonly (readonly [string, ArgumentForm])[]): string[] {
  const byForm = new Map<string, string[]>();
  for (const [flag, form] of forms) byForm.set(formText(form), [...(byForm.get(formText(form)) ?? []), flag]);
  return [...byForm].map(([form, flags]) => `- ${flags.map(code).join(', ')}: ${form}`);
}

export const argumentPage = (): string =>
  [
    HEAD,
    ...Object.values(ENGINES).flatMap(({ name, extraFlags }) => {
      const forms = Object.entries(extraFlags);
      return [`## ${name}`, '', ...(forms.length === 0 ? ['It takes none.'] : entries(forms)), ''];
    }),
  ].join('\n');
