/** What agentgateway does beside calls: addresses it listens on, where it counts, what it logs and traces. */
import { toRole, addressFaults, addressOf } from '../addresses';
import { at, itemsOf, textOf } from '../../plan/access';
import { isKept, volumeAt } from '../kept-folder';
import { keyPromises } from '../promises';
import { namespaceOf, type Program } from '../program';
import { broken, type Reader, strange } from '../fault';
import { duration, exactly, object, oneOf, record, withheld } from '../readers';

const TRAFFIC_PORT = 4000;
const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$/;

/** Pages and interfaces of the administrator need no key. */
const adminAddress: Reader = (value, pointer) =>
  value === 'off' || (typeof value === 'string' && LOOPBACK.test(value))
    ? []
    : [broken(pointer, 'pages of the administrator are open to others than the pod itself', 'write "off"', value)];

/** Metrics and readiness hold no text of a call; probes and policies name their ports. */
const openAt = (port: number): Reader =>
  oneOf([`0.0.0.0:${String(port)}`, `[::]:${String(port)}`], 'metrics and probes have ports that policies know');

const DATABASE_VARIABLE = 'DATABASE_URL';

/** Budgets that end with a pod are none: they lie in a claim, or in the database that the enclave names. */
function database(program: Program): Reader {
  const shared = program.context.enclave.gateway?.database;
  if (shared !== undefined) {
    const variable = itemsOf(at(program.container.node, 'env')).find(
      (one) => textOf(at(one, 'name')) === DATABASE_VARIABLE,
    );
    const secret = textOf(at(variable, 'valueFrom', 'secretKeyRef', 'name'));
    return secret === shared.secret
      ? record({ url: exactly(`$${DATABASE_VARIABLE}`, 'budgets are counted elsewhere than the enclave says') })
      : (value, pointer) => [
          broken(pointer, `${DATABASE_VARIABLE} is not the Secret of the enclave`, 'take it from there', value),
        ];
  }
  const file: Reader = (value, pointer) => {
    const path = /^sqlite:\/\/(\/[A-Za-z0-9._/-]+)$/.exec(typeof value === 'string' ? value : '')?.[1];
    return isKept(program, path)
      ? []
      : [broken(pointer, 'budgets do not outlive the pod', 'keep them in a file in a claim', value)];
  };
  return record({ url: file });
}

/** Contents of a call, in the form of messages with parts; read after the guards (crates/agentgateway/src/llm/mod.rs). */
const CONTENTS: Readonly<Record<string, string>> = {
  'gen_ai.input.messages':
    'toJson(llm.prompt.map(m, {"role": m.role, "parts": [{"type": "text", "content": m.content}]}))',
  'gen_ai.output.messages':
    'toJson(llm.completion.map(c, {"role": "assistant", "parts": [{"type": "text", "content": c}]}))',
};
/** Who called, and for what. */
const CALLER: Readonly<Record<string, string>> = {
  'enduser.id': 'default(apiKey.name, jwt.sub)',
  'airlock.workflow': 'default(metadata.agentgateway_user_model, "")',
};

const known = (expressions: Readonly<Record<string, string>>): Readonly<Record<string, Reader>> =>
  Object.fromEntries(
    Object.entries(expressions).map(([name, expression]): [string, Reader] => [
      name,
      (value, pointer) =>
        value === expression
          ? []
          : [
              strange(
                pointer,
                'nobody knows what this expression records',
                `write ${JSON.stringify(expression)}`,
                value,
              ),
            ],
    ]),
  );

function tracing(program: Program): Reader {
  const contents = program.context.site.traces?.contents ?? 'redacted';
  const caller = { namespace: namespaceOf(program), context: program.context };
  return record({
    otlpEndpoint: (value, pointer) =>
      addressFaults(
        addressOf(typeof value === 'string' ? value : '', ''),
        toRole('collector', 'the trace collector'),
        caller,
        pointer,
        value,
      ),
    otlpProtocol: exactly('http', 'the collector’s door for senders is that of HTTP'),
    randomSampling: exactly(true, 'the site promises a trace of each call'),
    fields: record({ add: record({ ...known(CALLER), ...(contents === 'redacted' ? known(CONTENTS) : {}) }) }),
  });
}

const isCounted = ({ context }: Program): boolean =>
  keyPromises(context.enclave).some(({ budgets }) => budgets.length > 0);

/** The block `config`. */
export const processReader = (program: Program): Reader =>
  object({
    needed: {
      adminAddr: adminAddress,
      statsAddr: openAt(15020),
      readinessAddr: openAt(15021),
      // An address of a database may hold its password.
      ...(isCounted(program) ? { database: withheld(database(program)) } : {}),
      ...(program.context.site.traces === undefined ? {} : { tracing: tracing(program) }),
    },
    optional: {
      // How long calls may end after a stop: they are cut, or a pod stays a little.
      connectionMinTerminationDeadline: duration(0, 600),
      connectionTerminationDeadline: duration(0, 600),
      logging: record({ format: oneOf(['json', 'text'], 'nobody knows what this logs') }),
    },
  });

const certificate = (program: Program, secret: string, file: string): Reader => {
  return (value, pointer) => {
    const volume = typeof value === 'string' && value.endsWith(`/${file}`) ? volumeAt(program, value) : undefined;
    return textOf(at(volume, 'secret', 'secretName')) === secret
      ? []
      : [broken(pointer, 'it is not the certificate that the enclave names', `mount Secret ${secret}`, value)];
  };
};

/** The block `gateways`: one door, with the certificate of the enclave where it has one. */
export function doorsReader(program: Program): Reader {
  const secret = program.context.enclave.gateway?.tlsSecret;
  return record({
    default: record({
      port: exactly(TRAFFIC_PORT, 'callers reach another port'),
      ...(secret === undefined
        ? {}
        : {
            tls: record({
              cert: certificate(program, secret, 'tls.crt'),
              key: certificate(program, secret, 'tls.key'),
            }),
          }),
    }),
  });
}
