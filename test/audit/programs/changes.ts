/** Everything that could be told to a program beside what is known of it, generated from its closed lists and from a container that keeps to them. */
import { unlisted } from '../../engines/further-arguments';
import { WEIGHTS_CHECK } from '../../../audit/programs/command-line';
import type { Option, Program } from '../../../audit/programs/program';
import { verifiedPath } from '../../../audit/programs/reader';
import type { Change, Json, Planned } from './planned';

export interface Fault {
  readonly name: string;
  readonly change: Change;
  /** Checks, one of which must speak. */
  readonly checks: readonly string[];
  /** Where, from the container. */
  readonly at: string;
}

/** What the kubelet would fill in with a variable of the container: no value is known before. */
export const EXPANDED = '$(HOME)/x';
const ARGUMENT = ['argument', WEIGHTS_CHECK];
const VARIABLE = ['environment', WEIGHTS_CHECK];
const MOUNT = ['mount', WEIGHTS_CHECK];

const listOf = (container: Json, field: string): unknown[] => (container[field] ??= []) as unknown[];
const textsOf = (container: Json, field: string): string[] => listOf(container, field) as string[];

/** Places in which anything but verified weights lies; the last two leave the folder once the kubelet has filled them in. */
const ELSEWHERE = [
  ...['/tmp/model', '/dev/shm/model', '/usr/share/model', '/', 'organization/model', '', 's3://bucket/model'],
  ...['/models/../tmp/model', EXPANDED, '/models/$(HOME)/x', '/models/.$(HOME)./.$(HOME)./tmp'],
];

/** Index of each option in the arguments. */
const optionsIn = ({ options }: Program, args: readonly string[]): { readonly name: string; readonly at: number }[] =>
  args.flatMap((word, at) => {
    const name = word.split('=')[0] ?? '';
    return options[name] === undefined || args[at - 1] === '--into' ? [] : [{ name, at }];
  });

const isFlag = (option: Option | undefined): boolean => option === 'flag';
const readerOf = (option: Option | undefined): unknown => (typeof option === 'object' ? option.each : option);

/** Options whose value another rule holds against the lock: AIR-WGT-1. */
export const PINNED: readonly string[] = ['--model', '--ollama', '--file', '--pin', '--digest'];
const isPinned = (program: Program, name: string): boolean =>
  PINNED.includes(name) && ['weights fetch', 'weights verify', 'mirror'].includes(program.name);

/** Arguments: each option dropped, shortened, in another spelling, with another value; and words that are no option. */
export function argumentFaults({ program }: Planned, container: Json): Fault[] {
  const args = [...textsOf(container, 'args')];
  const end = args.length;
  const append =
    (...words: readonly string[]): Change =>
    (one) =>
      textsOf(one, 'args').push(...words);
  const replace =
    (at: number, word: string): Change =>
    (one) =>
      (textsOf(one, 'args')[at] = word);
  const present = optionsIn(program, args);
  const shorter = present
    .map(({ name, at }) => ({ at, word: name.slice(0, -1) }))
    .filter(({ word }) => program.options[word] === undefined);
  const otherSpelling = present
    .filter(({ name }) => /^--\w+[-_]/.test(name))
    .map(({ name, at }) => ({ at, word: `--${name.slice(2).replace(/[-_]/g, (one) => (one === '-' ? '_' : '-'))}` }));
  return [
    ...[...shorter, ...otherSpelling].map(({ at, word }) => ({
      name: `${word} in place of its whole name`,
      change: replace(at, word),
      checks: ['argument'],
      at: `/args/${String(at)}`,
    })),
    ...Object.entries(program.options)
      .filter(([name]) => !isPinned(program, name))
      .flatMap(([name, option]): Fault[] => [
        {
          name: `${name}=${EXPANDED} behind the others`,
          change: append(`${name}=${EXPANDED}`),
          checks: ARGUMENT,
          at: `/args/${String(end)}`,
        },
        ...(isFlag(option)
          ? []
          : [
              {
                name: `${name} ${EXPANDED} behind the others`,
                change: append(name, EXPANDED),
                checks: ARGUMENT,
                at: `/args/${String(end + 1)}`,
              },
            ]),
        ...(readerOf(option) === verifiedPath
          ? ELSEWHERE.map((path) => ({
              name: `${name} from ${path}`,
              change: append(name, path),
              checks: [WEIGHTS_CHECK],
              at: `/args/${String(end + 1)}`,
            }))
          : []),
      ]),
    ...['--no-such-option', '--no-such-option=1', '-z', '--', 'stray'].map((word) => ({
      name: `the word ${word}`,
      change: append(word),
      checks: ARGUMENT,
      at: `/args/${String(end)}`,
    })),
    ...(program.neededOptions ?? []).map((name) => {
      const at = args.findIndex((word) => word === name || word.startsWith(`${name}=`));
      const count = isFlag(program.options[name]) || args[at]?.includes('=') === true ? 1 : 2;
      return {
        name: `without ${name}`,
        change: (one: Json) => textsOf(one, 'args').splice(at, count),
        checks: ['argument'],
        at: '/args',
      };
    }),
    ...wordFaults(program, args),
  ];
}

/** Words that belong to no option, at the begin of the arguments. */
function wordFaults({ words = [] }: Program, args: readonly string[]): Fault[] {
  return words.flatMap((reader, at): Fault[] =>
    (reader === verifiedPath || args[at]?.startsWith('/models/') === true ? ELSEWHERE : [EXPANDED, 'else/where']).map(
      (word) => ({
        name: `word ${String(at)} is ${word}`,
        change: (one) => (textsOf(one, 'args')[at] = word),
        checks: ARGUMENT,
        at: `/args/${String(at)}`,
      }),
    ),
  );
}

/** Flags of an engine that no list has, in a container that a hand wrote. */
export const unlistedFaults = ({ program, engineOf = [] }: Planned, container: Json): Fault[] => {
  const end = textsOf(container, 'args').length;
  const others = engineOf.flatMap(({ engine }) => unlisted(engine.name)).map(([flag = '']) => flag.split('=')[0] ?? '');
  return [...new Set(others)]
    .filter((flag) => flag.startsWith('-') && program.options[flag] === undefined)
    .map((flag) => ({
      name: flag,
      change: (one) => textsOf(one, 'args').push(flag),
      checks: ['argument'],
      at: `/args/${String(end)}`,
    }));
};

/** Variables that change what many programs do, and none of which any program of the platform needs. */
const STRANGE = [
  ...['LD_PRELOAD', 'LD_LIBRARY_PATH', 'PATH', 'PYTHONPATH', 'PYTHONSTARTUP', 'NODE_OPTIONS', 'BASH_ENV'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'SSL_CERT_FILE', 'HF_ENDPOINT', 'HF_TOKEN', 'AIRLOCK', ''],
];

type Source = Readonly<Record<string, unknown>>;
const SOURCES: readonly Source[] = [
  { configMapKeyRef: { name: 'x', key: 'x' } },
  { fieldRef: { fieldPath: 'metadata.annotations' } },
  { resourceFieldRef: { resource: 'limits.cpu' } },
];
const SECRET: Source = { secretKeyRef: { name: 'x', key: 'x' } };

/** Variables: each with another value, from elsewhere, twice, dropped; and such that are not known. */
export function variableFaults({ program }: Planned, container: Json): Fault[] {
  const names = (listOf(container, 'env') as Json[]).map(({ name }) => String(name));
  const end = names.length;
  /** Puts a variable in the place of the one of that name, or behind the others. */
  const put = (variable: Json): Pick<Fault, 'change' | 'at'> => {
    const found = names.indexOf(String(variable['name']));
    const at = found < 0 ? end : found;
    return { change: (one) => (listOf(one, 'env')[at] = variable), at: `/env/${String(at)}` };
  };
  const faults = (name: string, what: string, variable: Json, below: string): Fault => {
    const { change, at } = put({ name, ...variable });
    return { name: `${name} ${what}`, change, checks: VARIABLE, at: `${at}${below}` };
  };
  const known = Object.keys(program.variables);
  const secrets = program.secrets ?? [];
  const unknown = [...STRANGE, ...known.map((name) => name.toLowerCase())].filter(
    (name) => !known.includes(name) && !secrets.includes(name),
  );
  return [
    ...known.flatMap((name) => [
      faults(name, `is ${EXPANDED}`, { value: EXPANDED }, '/value'),
      ...[...SOURCES, SECRET].map((valueFrom) =>
        faults(name, `from ${Object.keys(valueFrom).join()}`, { valueFrom }, '/valueFrom'),
      ),
    ]),
    ...known
      .filter((name) => program.variables[name] === verifiedPath)
      .flatMap((name) => ELSEWHERE.map((value) => faults(name, `is ${value}`, { value }, '/value'))),
    ...secrets.flatMap((name) => [
      faults(name, 'is written out', { value: 'abc' }, ''),
      faults(name, 'is nothing', {}, ''),
      faults(name, 'is written out, too', { value: 'abc', valueFrom: SECRET }, ''),
      ...SOURCES.map((valueFrom) => faults(name, `from ${Object.keys(valueFrom).join()}`, { valueFrom }, '')),
    ]),
    ...unknown.map((name) => faults(name, 'is not known', { value: '1' }, '')),
    ...names.map((name, at): Fault => ({
      name: `${name} stands there twice`,
      change: (one) => listOf(one, 'env').push(structuredClone((listOf(one, 'env') as Json[])[at])),
      checks: ['environment'],
      at: `/env/${String(end)}`,
    })),
    ...(program.neededVariables ?? []).map((name): Fault => ({
      name: `without ${name}`,
      change: (one) => (one['env'] = (listOf(one, 'env') as Json[]).filter((variable) => variable['name'] !== name)),
      checks: ['environment'],
      at: '/env',
    })),
    ...[{ configMapRef: { name: 'x' } }, { secretRef: { name: 'x' } }].map((source): Fault => ({
      name: `all of ${Object.keys(source).join()}`,
      change: (one) => listOf(one, 'envFrom').push(source),
      checks: ['environment'],
      at: '/envFrom/0',
    })),
  ];
}

const SHELL = ['/bin/sh', '-c', 'exit 0'];

/** The command, and what the kubelet runs and asks. */
export function commandFaults({ program }: Planned, container: Json): Fault[] {
  const command = [...textsOf(container, 'command')];
  const others = [
    ...command.map((_, at) => command.map((word, index) => (index === at ? `${word}x` : word))),
    ...(command.length < 2 ? [] : [command.slice(0, -1)]),
    [...command, 'x'],
    SHELL,
    ...(command.length === 0 ? [] : [[]]),
  ];
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].map((name) => [name]);
  const handlers = [...probes, ['lifecycle', 'preStop'], ['lifecycle', 'postStart']];
  const put =
    (keys: readonly string[], handler: Json): Change =>
    (one) => {
      const holder = keys.slice(0, -1).reduce<Json>((json, key) => (json[key] ??= {}) as Json, one);
      holder[keys.at(-1) ?? ''] = handler;
    };
  return [
    ...others.map((words): Fault => ({
      name: `the command ${words.join(' ')}`,
      change: (one) => (one['command'] = words),
      checks: ['command'],
      at: '/command',
    })),
    ...(program.commands.some((words) => words.length === 0)
      ? []
      : [
          {
            name: 'the command of the image',
            change: (one: Json) => Reflect.deleteProperty(one, 'command'),
            checks: ['command'],
            at: '',
          },
        ]),
    ...handlers.flatMap((keys): Fault[] => [
      {
        name: `${keys.join('.')} runs a shell`,
        change: put(keys, { exec: { command: SHELL } }),
        checks: ['probe'],
        at: `/${keys.join('/')}/exec/command`,
      },
      {
        name: `${keys.join('.')} asks for another path`,
        change: put(keys, { httpGet: { path: '/admin/quit', port: 1 } }),
        checks: ['probe'],
        at: `/${keys.join('/')}/httpGet/path`,
      },
    ]),
  ];
}

/** Volumes of every kind, by what the audit calls what lies there; `unknown` is never right. */
const VOLUMES: readonly (readonly [placed: string, volume: Json])[] = [
  ['scratch', { emptyDir: {} }],
  ['configuration', { configMap: { name: 'x' } }],
  ['secret', { secret: { secretName: 'x' } }],
  ['kept', { persistentVolumeClaim: { claimName: 'x' } }],
  ['node', { hostPath: { path: '/' } }],
  ['unknown', { nfs: { server: 'x', path: '/' } }],
  ['unknown', { projected: { sources: [{ configMap: { name: 'x' } }] } }],
  ['unknown', { image: { reference: 'x' } }],
  ['unknown', { ephemeral: { volumeClaimTemplate: {} } }],
  ['unknown', { emptyDir: {}, hostPath: { path: '/' } }],
  ['unknown', { emptyDir: {}, projected: { sources: [] } }],
  ['unknown', { emptyDir: {}, secondSource: {} }],
];

/** Folders of an image in which code, libraries or settings lie. */
const HIDDEN = [
  ...[
    '/',
    '/bin',
    '/usr',
    '/usr/lib',
    '/usr/local/lib/python3.12',
    '/opt/airlock',
    '/app',
    '/etc',
    '/etc/ld.so.preload',
  ],
  ...['/root', '/proc', '/var/run/secrets', 'relative', '/models', '/models/../usr', '/tmp/../usr', '/dev', '/$(HOME)'],
];

/** Mounts: over what the image has, over and into each other, and of other volumes. */
export function mountFaults({ program }: Planned, container: Json): Fault[] {
  const mounts = listOf(container, 'volumeMounts') as Json[];
  const end = mounts.length;
  const allowed = (path: string): readonly string[] =>
    Object.entries(program.mounts).find(([folder]) =>
      folder.endsWith('/*') ? path.startsWith(folder.slice(0, -1)) : folder === path,
    )?.[1] ?? [];
  const over =
    (mountPath: string, source: Json, at = end): Change =>
    (one, pod) => {
      listOf(pod, 'volumes').push({ name: 'over', ...source });
      listOf(one, 'volumeMounts')[at] = { name: 'over', mountPath, readOnly: true };
    };
  const paths = mounts.map(({ mountPath }) => String(mountPath));
  // Whoever verifies holds what lies there against digests, from wherever it came.
  const verifies = program.name === 'weights fetch' || program.name === 'weights verify';
  const judged = paths.filter((path) => !(verifies && allowed(path).includes('verified')));
  return [
    ...HIDDEN.flatMap((path) =>
      VOLUMES.slice(0, 4).map(([placed, source]): Fault => ({
        name: `${placed} over ${path}`,
        change: over(path, source),
        checks: ['mount'],
        at: `/volumeMounts/${String(end)}`,
      })),
    ),
    ...paths.flatMap((path) =>
      VOLUMES.slice(0, 4).map(([placed, source]): Fault => ({
        name: `${placed} inside of ${path}`,
        change: over(`${path}/inside`, source),
        checks: MOUNT,
        at: `/volumeMounts/${String(end)}`,
      })),
    ),
    ...judged.flatMap((path) =>
      VOLUMES.filter(([placed]) => !allowed(path).includes(placed)).map(([placed, source]): Fault => ({
        name: `${placed} at ${path}`,
        change: over(path, source, paths.indexOf(path)),
        checks: MOUNT,
        at: `/volumeMounts/${String(paths.indexOf(path))}`,
      })),
    ),
  ];
}
