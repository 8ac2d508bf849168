/** PostgreSQL of the trace store: it asks everybody for a password, and writes no statement down. And its backup. */
import { STORE_SECRET_KEYS } from '../../telemetry/traces/phoenix';
import { DATABASE_PORT } from '../../telemetry/traces/postgres';
import { at, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import type { Complaint } from '../rules/rule';
import { addressFaults, toRole } from './addresses';
import { broken, type Fault, type Reader, strange } from './fault';
import { isKept } from './kept-folder';
import { argumentsOf, namespaceOf, type Program, unreadFiles } from './program';
import { exactly } from './readers';
import { isReviewed } from './reviewed-programs';
import { secret, text, variableComplaints, type Variables, word } from './variables';

/** Settings of the server, as `-c name=value`; both of the log are needed: statements hold what people asked. */
const SETTINGS: Readonly<Record<string, Reader>> = {
  log_statement: exactly('none', 'statements are written to the log'),
  log_min_error_statement: exactly('panic', 'statements that fail are written to the log'),
  shared_buffers: (value, pointer) =>
    typeof value === 'string' && /^\d{1,6}[kM]B$/.test(value)
      ? []
      : [strange(pointer, 'this is no size of memory', 'write it in MB', value)],
};
const NEEDED = ['log_statement', 'log_min_error_statement'];

/** Flags of initdb that keep every connection behind a password; local ones are those of the pod itself. */
const INITDB_FLAGS = ['--auth-host=scram-sha-256', '--data-checksums'];

const initdb: Reader = (value, pointer) => {
  const flags = typeof value === 'string' ? value.split(' ') : [];
  const others = flags.filter((flag) => !INITDB_FLAGS.includes(flag));
  return [
    ...(flags.includes('--auth-host=scram-sha-256')
      ? []
      : [
          broken(
            pointer,
            'who connects is not asked for a password by SCRAM',
            'write --auth-host=scram-sha-256',
            value,
          ),
        ]),
    ...others.map((flag) => strange(pointer, 'nobody knows what this flag does', 'remove it', flag)),
  ];
};

const dataFolder =
  (program: Program): Reader =>
  (value, pointer) =>
    isKept(program, value)
      ? []
      : [broken(pointer, 'the database does not outlive the pod', 'name a folder in a claim', value)];

const serverVariables = (program: Program): Variables => ({
  needed: {
    POSTGRES_INITDB_ARGS: text(initdb),
    POSTGRES_PASSWORD: secret(STORE_SECRET_KEYS.databasePassword),
    PGDATA: text(dataFolder(program)),
  },
  optional: {
    POSTGRES_USER: text(word),
    POSTGRES_DB: text(word),
    POSTGRES_HOST_AUTH_METHOD: text(exactly('scram-sha-256', 'who connects is not asked for a password')),
  },
});

const complaintAt = (node: PlanNode, { message, fix, value, unknown, lacks }: Fault): Complaint => ({
  check: unknown === true ? 'unknown' : 'promise',
  ...{ message, fix, where: node.where },
  ...(value === undefined ? {} : { value }),
  ...(unknown === true ? { unproven: true } : {}),
  ...(lacks === undefined ? {} : { lacks }),
});

function settingComplaints({ container: { node } }: Program): Complaint[] {
  const args = itemsOf(at(node, 'args'));
  const texts = args.map((item) => textOf(item) ?? '');
  const names: string[] = [];
  const complaints = args.flatMap((item, index): Complaint[] => {
    if (index % 2 === 0)
      return texts[index] === '-c'
        ? []
        : [complaintAt(item, strange('', 'nobody knows what this argument does', 'write -c name=value', texts[index]))];
    const [, name = '', value = ''] = /^([a-z_]+)=(.*)$/s.exec(texts[index] ?? '') ?? [];
    names.push(name);
    const reader = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
    if (reader === undefined || names.indexOf(name) !== names.length - 1)
      return [complaintAt(item, strange('', 'nobody knows what this setting does', 'remove it', texts[index]))];
    return reader(value, '').map((fault) => complaintAt(item, { ...fault, message: `${name}: ${fault.message}` }));
  });
  return [
    ...complaints,
    ...(args.length % 2 === 0 ? [] : [complaintAt(node, strange('', 'an argument is missing', 'write -c name=value'))]),
    ...NEEDED.filter((name) => !names.includes(name)).map((name) =>
      complaintAt(node, broken('', `the setting ${name} is missing`, 'set it')),
    ),
  ];
}

function backupVariables(program: Program): Variables {
  const caller = { namespace: namespaceOf(program), context: program.context };
  const isOwn = itemsOf(at(program.container.node, 'env')).some((one) => textOf(at(one, 'name')) === 'PGHOST');
  const host: Reader = (value, pointer) =>
    addressFaults(
      typeof value === 'string' ? { host: value, port: DATABASE_PORT } : undefined,
      toRole('trace-database', 'the store’s PostgreSQL'),
      caller,
      pointer,
      value,
    );
  if (!isOwn) return { needed: { DATABASE_URL: secret(STORE_SECRET_KEYS.databaseUrl) } };
  return {
    needed: {
      PGHOST: text(host),
      PGUSER: text(word),
      PGDATABASE: text(word),
      PGPASSWORD: secret(STORE_SECRET_KEYS.databasePassword),
    },
    optional: { PGPORT: text(exactly(String(DATABASE_PORT), 'the database has another port')) },
  };
}

/** How many backups stay is the one part of the script that a site may choose. */
export const withoutCount = (script: string): string => script.replace(/ tail -n \+[1-9]\d{0,3} /, ' tail -n +$keep ');

function scriptComplaints(program: Program): Complaint[] {
  const command = at(program.container.node, 'command');
  const [shell, flag, script, ...others] = itemsOf(command).map((item) => textOf(item) ?? '');
  const isKnown =
    (shell === '/bin/sh' || shell === 'sh') &&
    flag === '-c' &&
    others.length === 0 &&
    argumentsOf(program.container).length === 0 &&
    isReviewed('trace-backup', withoutCount(script ?? ''));
  return isKnown || command === undefined
    ? []
    : [complaintAt(command, strange('', 'the script was not reviewed', 'write that of the kit', script))];
}

/** @throws Unproven where only Terraform knows a value */
export function traceDatabaseComplaints(program: Program): Complaint[] {
  const isServer = itemsOf(at(program.container.node, 'command')).length === 0;
  return [
    ...(isServer
      ? [...settingComplaints(program), ...variableComplaints(program, serverVariables(program))]
      : [...scriptComplaints(program), ...variableComplaints(program, backupVariables(program))]),
    ...unreadFiles(program.files, []),
  ];
}
