/** Where redacted traces go, and how they wait. */
import { STORE_KEY_VARIABLE } from '../../../telemetry/traces/phoenix';
import { addressFaults, addressOf, toRole } from '../addresses';
import { broken, type Reader } from '../fault';
import { isKept } from '../kept-folder';
import { namespaceOf, type Program } from '../program';
import { duration, exactly, object, oneOf, plainText, record, whole, withheld } from '../readers';

const FLAG = oneOf([true, false], 'this is neither true nor false');
const BYTES = whole(1, Number.MAX_SAFE_INTEGER);

const KEY = `\${env:${STORE_KEY_VARIABLE}}`;

const folder =
  (program: Program): Reader =>
  (value, pointer) =>
    isKept(program, value)
      ? []
      : [broken(pointer, 'what waits there does not outlive the pod', 'name a folder in a claim', value)];

/** An enclave that names an endpoint has traces go there, else to the store of the plan. */
function endpoint(program: Program): Reader {
  const declared = program.context.enclave.traces?.endpoint;
  if (declared !== undefined) return exactly(declared.url, 'traces go elsewhere than the enclave says');
  const caller = { namespace: namespaceOf(program), context: program.context };
  return (value, pointer) =>
    addressFaults(
      addressOf(typeof value === 'string' ? value : '', ''),
      toRole('trace-store', 'the trace store'),
      caller,
      pointer,
      value,
    );
}

function headers({ context }: Program): Reader {
  const declared = context.enclave.traces?.endpoint;
  const key = (prefix: string): Reader =>
    withheld(exactly(`${prefix}${KEY}`, 'the key is not the one from the Secret'));
  if (declared === undefined) return record({ 'x-project-name': plainText, authorization: key('Bearer ') });
  return record(declared.headerSecret === undefined ? {} : { authorization: key('') });
}

/** The file with the authority of the enclave's endpoint. */
const authority =
  ({ context, files }: Program): Reader =>
  (value, pointer) =>
    files.some(({ path, text }) => path === value && text === context.enclave.traces?.endpoint?.ca)
      ? []
      : [broken(pointer, 'it is not the authority that the enclave names', 'mount the CA of the endpoint', value)];

export function exporterReader(program: Program): Reader {
  const hasAuthority = program.context.enclave.traces?.endpoint?.ca !== undefined;
  return object({
    needed: {
      endpoint: endpoint(program),
      headers: headers(program),
      retry_on_failure: record({
        enabled: exactly(true, 'spans are lost while the store is away'),
        initial_interval: duration(0.1, 3600),
        max_interval: duration(0.1, 3600),
        max_elapsed_time: exactly('0s', 'spans are given up after a while'),
      }),
      sending_queue: record({
        storage: exactly('file_storage', 'what waits is lost with the pod'),
        sizer: oneOf(['bytes', 'items', 'requests'], 'nobody knows what this counts'),
        queue_size: BYTES,
        block_on_overflow: exactly(false, 'calls would wait for the store'),
        num_consumers: whole(1, 100),
        batch: record({
          flush_timeout: duration(0.1, 3600),
          sizer: oneOf(['bytes', 'items'], 'nobody knows what this counts'),
          min_size: BYTES,
          max_size: BYTES,
        }),
      }),
      ...(hasAuthority ? { tls: record({ ca_file: authority(program) }) } : {}),
    },
    optional: { compression: oneOf(['gzip', 'none', 'zstd'], 'nobody knows how this is packed') },
  });
}

/** The queue on disk. */
export const storageReader = (program: Program): Reader =>
  object({
    needed: { directory: folder(program), fsync: exactly(true, 'a power cut loses what was taken') },
    optional: {
      max_size: BYTES,
      recreate: FLAG,
      compaction: record({
        directory: folder(program),
        on_rebound: FLAG,
        cleanup_on_start: FLAG,
        rebound_needed_threshold_mib: BYTES,
        rebound_trigger_threshold_mib: BYTES,
      }),
    },
  });
