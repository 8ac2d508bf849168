/** Command lines word by word: which option has another value, and which is new or gone. */
import type { Change } from './change';
import { sides } from './values';

/** `--name value`, `--name=value`, `--flag`, or words that no option is before. */
interface Option {
  readonly name: string;
  readonly value: string;
}

function optionsOf(words: readonly string[]): Option[] {
  const options: Option[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const [, inlineName, inlineValue] = /^(--?[^=\s]+)=(.*)$/s.exec(word) ?? [];
    if (inlineName !== undefined) options.push({ name: inlineName, value: inlineValue ?? '' });
    else if (!/^--?\D/.test(word)) options.push({ name: '', value: word });
    else if (words[at + 1] === undefined || /^--?\D/.test(words[at + 1] ?? '')) options.push({ name: word, value: '' });
    else {
      at += 1;
      options.push({ name: word, value: words[at] ?? '' });
    }
  }
  return options;
}

/** Values of each option, in their order. */
function byName(options: readonly Option[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { name, value } of options) found.set(name, [...(found.get(name) ?? []), value]);
  return found;
}

/** Options of the kit whose values decide which bytes an engine loads. */
const WEIGHTS: readonly string[] = ['--model', '--file', '--pin', '--ollama', '--digest'];

const isWeight = (name: string, values: readonly string[]): boolean =>
  WEIGHTS.includes(name) && values.some((value) => /sha256:[0-9a-f]{64}$/.test(value));

/**
 * @param list `args` or `command`
 */
export function wordChanges(
  subject: string,
  list: string,
  before: readonly string[],
  after: readonly string[],
): Change[] {
  const [old, now] = [byName(optionsOf(before)), byName(optionsOf(after))];
  const found = [...new Set([...old.keys(), ...now.keys()])].flatMap((name): Change[] => {
    const [left, right] = [old.get(name), now.get(name)];
    if (JSON.stringify(left) === JSON.stringify(right)) return [];
    const kind = isWeight(name, [...(left ?? []), ...(right ?? [])]) ? 'weights' : 'program';
    const value = (values: readonly string[] | undefined): unknown =>
      values === undefined || values.length > 1 ? values : values[0] === '' && name !== '' ? 'set' : values[0];
    return [
      {
        kind,
        subject,
        what: name === '' ? `words of ${list}` : `option ${name}`,
        ...sides(name, value(left), value(right)),
      },
    ];
  });
  if (found.length > 0 || JSON.stringify(before) === JSON.stringify(after)) return found;
  return [{ kind: 'program', subject, what: `order of ${list}`, ...sides('', before, after) }];
}
