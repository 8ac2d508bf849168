/** Configuration of the OpenTelemetry Collector: what comes in is redacted before it goes anywhere. */
import type { RedactionPattern } from '../../../catalog/redaction';
import { COLLECTOR_PORTS } from '../../../telemetry/traces/collector';
import type { Complaint } from '../../rules/rule';
import { certificateFaults } from '../certificates';
import { broken, type Fault, type Reader, strange } from '../fault';
import { aboutFile, aboutJson, fileOfOption, type Program, unreadFiles, withoutFile } from '../program';
import { tracePatterns } from '../promises';
import {
  dig,
  elsewhere,
  exactly,
  isObject,
  listAt,
  listOf,
  object,
  oneItem,
  oneOf,
  record,
  textsAt,
  under,
  whole,
} from '../readers';
import { exporterReader, storageReader } from './destination';
import { processorReader, typeOf } from './redaction';
import { orderFaults, type Step, stepsOf } from './statements';

const MIB = 1024 ** 2;
const openAt = (port: number): Reader =>
  oneOf([`0.0.0.0:${String(port)}`, `[::]:${String(port)}`], 'senders and probes have ports that policies know');

/** Largest request: what is refused is lost for the trace, and for nothing else. */
const RECEIVER = object({
  needed: {
    protocols: object({
      needed: {
        http: object({
          needed: { endpoint: openAt(COLLECTOR_PORTS.http) },
          optional: { max_request_body_size: whole(1, 1024 * MIB) },
        }),
      },
      optional: {
        grpc: object({
          needed: { endpoint: openAt(COLLECTOR_PORTS.grpc) },
          optional: { max_recv_msg_size_mib: whole(1, 1024) },
        }),
      },
    }),
  },
});

/** It tells nobody anything: metrics wait to be fetched, and spans of its own are off. */
const TELEMETRY = record({
  metrics: record({
    level: oneOf(['none', 'basic', 'normal', 'detailed'], 'nobody knows what this counts'),
    readers: oneItem(
      record({
        pull: record({
          exporter: record({
            prometheus: record({
              host: oneOf(['0.0.0.0', '::'], 'metrics have an address that policies know'),
              port: exactly(COLLECTOR_PORTS.metrics, 'metrics have a port that policies know'),
            }),
          }),
        }),
      }),
    ),
  }),
  traces: record({ level: exactly('none', 'spans of its own go somewhere') }),
  logs: record({
    level: oneOf(['info', 'warn', 'error'], 'logs would hold what is traced'),
    encoding: oneOf(['json', 'console'], 'nobody knows what this logs'),
  }),
});

/** Components of one kind, each of a known type and used. */
const components =
  (readerOf: (name: string) => Reader, used: readonly string[]): Reader =>
  (value, pointer) => {
    if (!isObject(value)) return [strange(pointer, 'this is no object', 'write an object')];
    return Object.entries(value).flatMap(([name, item]) => {
      const place = under(pointer, name);
      if (!used.includes(name)) return [strange(place, 'nothing uses it', 'remove it')];
      return readerOf(name)(item, place);
    });
  };

const only =
  (type: string, reader: Reader) =>
  (name: string): Reader =>
    typeOf(name) === type
      ? reader
      : (_value, pointer) => [strange(pointer, `nobody knows what "${name}" does`, 'remove it')];

interface Pipeline {
  readonly name: string;
  readonly pointer: string;
  readonly value: unknown;
}

const pipelinesOf = (value: unknown): Pipeline[] => {
  const found = dig(value, 'service', 'pipelines');
  return Object.entries(isObject(found) ? found : {}).map(([name, pipeline]) => ({
    ...{ name, value: pipeline },
    pointer: under('/service/pipelines', name),
  }));
};

const PIPELINE = record({ receivers: listOf(elsewhere), processors: elsewhere, exporters: listOf(elsewhere) });

/** What happens to a span on its way through a pipeline. */
function pipelineFaults(
  { name, pointer, value }: Pipeline,
  config: unknown,
  patterns: readonly RedactionPattern[],
): Fault[] {
  const steps = listAt(value, 'processors').flatMap((processor): Step[] => {
    const named = typeof processor === 'string' ? processor : '';
    const place = under('/processors', named);
    if (typeOf(named) === 'redaction') return [{ kind: 'redaction', pointer: place }];
    return typeOf(named) === 'transform' ? stepsOf(dig(config, 'processors', named), place) : [];
  });
  const undefinedNames = (['receivers', 'processors', 'exporters'] as const).flatMap((kind) =>
    listAt(value, kind).flatMap((one, at): Fault[] =>
      typeof one === 'string' && dig(config, kind, one) !== undefined
        ? []
        : [
            strange(
              under(`${pointer}/${kind}`, at),
              'there is no such component',
              'name one of this configuration',
              one,
            ),
          ],
    ),
  );
  const exporters = textsAt(value, 'exporters');
  return [
    ...PIPELINE(value, pointer),
    ...(typeOf(name) === 'traces' ? [] : [strange(pointer, 'nobody knows what this carries', 'carry traces alone')]),
    ...(exporters.length === 1 ? [] : [broken(`${pointer}/exporters`, 'spans go to several places', 'name one')]),
    ...undefinedNames,
    ...orderFaults(steps, `${pointer}/processors`, patterns),
  ];
}

const usedIn = (pipelines: readonly Pipeline[], kind: string): string[] =>
  pipelines.flatMap(({ value }) => textsAt(value, kind));

const twice = (names: readonly string[]): boolean => new Set(names).size !== names.length;

/** What the whole document says. */
export function collectorFaults(value: unknown, program: Program): Fault[] {
  const pipelines = pipelinesOf(value);
  const extensions = textsAt(value, 'service', 'extensions');
  const patterns = tracePatterns(program.context.site);
  const extension = (name: string): Reader => {
    if (name === 'file_storage') return storageReader(program);
    if (name === 'health_check') return record({ endpoint: openAt(COLLECTOR_PORTS.health) });
    return (_value, pointer) => [strange(pointer, `nobody knows what door "${name}" opens`, 'remove it')];
  };
  const form = record({
    receivers: components(only('otlp', RECEIVER), usedIn(pipelines, 'receivers')),
    processors: components((name) => processorReader(program, name), usedIn(pipelines, 'processors')),
    exporters: components(only('otlphttp', exporterReader(program)), usedIn(pipelines, 'exporters')),
    extensions: components(extension, extensions),
    service: record({
      extensions: (names, pointer) =>
        ['file_storage', 'health_check'].every((name) => extensions.includes(name)) && !twice(extensions)
          ? []
          : [broken(pointer, 'the queue or the answer to probes is missing', 'name both extensions', names)],
      telemetry: TELEMETRY,
      pipelines: elsewhere,
    }),
  });
  return [
    ...form(value, ''),
    ...(pipelines.length === 0 ? [broken('/service/pipelines', 'no span is taken', 'write a pipeline')] : []),
    ...pipelines.flatMap((pipeline) => pipelineFaults(pipeline, value, patterns)),
    ...extensions
      .filter((name) => dig(value, 'extensions', name) === undefined)
      .map((name) => strange('/service/extensions', 'there is no such extension', 'remove it', name)),
    ...pipelines.flatMap(({ value: pipeline, pointer }) =>
      ['receivers', 'processors'].flatMap((kind) =>
        twice(textsAt(pipeline, kind)) ? [strange(under(pointer, kind), 'one stands twice', 'write it once')] : [],
      ),
    ),
  ];
}

/** @throws Unproven where only Terraform knows a value */
export function collectorComplaints(program: Program): Complaint[] {
  const config = fileOfOption(program, '--config');
  if (config === undefined) return [withoutFile(program, 'the configuration of the trace collector')];
  const { files } = program;
  const authorities = files.filter(({ path, text }) => path !== config.path && text.includes('BEGIN CERTIFICATE'));
  return [
    ...aboutJson(config, (value) => collectorFaults(value, program)),
    ...authorities.flatMap((file) => aboutFile(file, certificateFaults(file.text))),
    ...unreadFiles(files, [config, ...authorities]),
  ];
}
