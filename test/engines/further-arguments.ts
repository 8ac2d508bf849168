/** Arguments that a site may or may not add to an engine, generated from the engine's list and from all flags that it has. */
import type { EngineName } from '../../catalog/engines';
import type { ArgumentForm, ValueForm } from '../../engines/argument-form';
import { ENGINES } from '../../engines';
import flags from './flags.json';

/** What somebody may write; each form takes at least one of these, and none takes all. */
const VALUES = ['1', '-1', '0.5', '2k', '1,2', '{"image":2}', '{"enable_thinking":false}'];
/** What no form takes. */
const HOSTILE = [
  ...['/etc/passwd', '$(HOME)', 'http://x', 'x.y.z', '../x', '', ' 1', '1 ', '1\n', 'auto\n', '{"a":"x"}', '[1]'],
  ...['{"a":{"b":1}}', '{"../a":1}', '{"__proto__":1}', 'null', '1e9', '0x10', 'constructor'],
];

const valueForm = (form: Exclude<ArgumentForm, 'switch'>): ValueForm => ('each' in form ? form.each : form);

const formsOf = (name: EngineName): [flag: string, form: ArgumentForm][] => Object.entries(ENGINES[name].extraFlags);

/** Each flag of the list with each value that it takes. */
export const taken = (name: EngineName): string[][] =>
  formsOf(name).flatMap(([flag, form]) => {
    if (form === 'switch') return [[flag]];
    const { takes, wanted } = valueForm(form);
    const values = [...VALUES, ...wanted.split(', ')].filter(takes);
    return values.flatMap((value) => [
      [flag, value],
      [`${flag}=${value}`],
      ...('each' in form ? [[flag, value, value]] : []),
    ]);
  });

/** Each flag of the list as no one may write it: with other values, too many of them, shortened, otherwise spelled. */
export const misspelt = (name: EngineName): string[][] =>
  formsOf(name).flatMap(([flag, form]) => {
    const good =
      form === 'switch' ? [] : [[...VALUES, ...valueForm(form).wanted.split(', ')].find(valueForm(form).takes)!];
    const listed = Object.keys(ENGINES[name].extraFlags);
    const other = [
      flag.slice(0, -1),
      `${flag}x`,
      flag.toUpperCase(),
      `${flag}.x`,
      flag.replaceAll(/(?<=\w)[-_]/g, '+'),
    ];
    const values = form === 'switch' ? [['x'], ['true']] : [[], ...HOSTILE.map((value) => [value])];
    return [
      ...values.map((words) => [flag, ...words]),
      ...(form === 'switch' ? ['', 'true', '0'] : HOSTILE).map((value) => [`${flag}=${value}`]),
      ...(form !== 'switch' && 'each' in form
        ? [
            [flag, ...good, '/etc/passwd'],
            [`${flag}=${good[0]!}`, '2'],
          ]
        : [[flag, ...good, ...good, 'x']]),
      ...other.filter((one) => one !== flag && !listed.includes(one)).map((one) => [one, ...good]),
    ];
  });

/** Every flag of the engine that is not on its list, alone and with a value. */
export function unlisted(name: EngineName): string[][] {
  const known: readonly string[] = name === 'ollama' ? [] : flags[name].flags;
  const { extraFlags, fieldFlags } = ENGINES[name];
  const others = [...known, ...Object.keys(fieldFlags)].filter((flag) => extraFlags[flag] === undefined);
  return [...others, '--no-such-flag', '-Z', '--', '-', 'stray', '$(HOME)'].flatMap((flag) => [
    [flag],
    [flag, '1'],
    [`${flag}=1`],
  ]);
}
