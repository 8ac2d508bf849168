/** Reads the blobs of a bundle plan from upstream, each by its own protocol. */
import { Readable } from 'node:stream';
import { AirlockError, badInput, internalFault } from '../../core/errors';
import { parseOciReference } from '../../core/oci-reference';
import type { PlannedBlob } from '../layout/plan';
import type { UpstreamClients } from './clients';
import { openRange } from './ranges';
import { throughUpstream } from './settings';
import type { OpenSource, SourceReader } from './source-reader';

/** Bytes that are in memory already, from an offset on. */
const fromMemory = (bytes: Buffer, offset: number): OpenSource => ({
  body: Readable.from([bytes.subarray(offset)]),
  start: offset,
});

/**
 * A reader over upstream for blobs of the kinds `registry`, `hub`, `url` and `provider`; the others are made, not fetched.
 *
 * @throws AirlockError (input) from `open` for a blob that has no upstream
 */
export function createSourceReader(clients: UpstreamClients): SourceReader {
  const { http, hub, providers, providerMirror, registry, settings } = clients;

  const openUpstream = async (blob: PlannedBlob, offset: number, signal?: AbortSignal): Promise<OpenSource> => {
    const { digest, size, source } = blob;
    switch (source.kind) {
      case 'registry': {
        const { host, path } = parseOciReference(source.reference);
        const reference = { host, path, digest };
        if (source.content === 'blob') return registry.openBlob(reference, digest, offset, { signal, size });
        return fromMemory((await registry.getManifest(reference, signal)).bytes, offset);
      }
      case 'hub':
        return hub.open(source, source.path, offset, { signal, size });
      case 'url': {
        const url = throughUpstream(new URL(source.url), settings.upstreams);
        return openRange(
          (headers) => http.request({ url, headers, signal }),
          offset,
          () => undefined,
          { size },
        );
      }
      case 'provider':
        if (source.url !== undefined) return providers.open(new URL(source.url), offset, { signal, size });
        if (providerMirror !== undefined) return providerMirror.open(source, offset, signal);
        throw badInput(
          'USAGE_MISSING_OPTION',
          `the lock took ${source.source} ${source.version} from a mirror directory, and none is named now`,
          'pass the same folder again: --provider-mirror DIR',
        );
      case 'bytes':
      case 'kit-image':
        throw internalFault(`${blob.artifact} (${blob.file}) is made by the kit and has no upstream`);
    }
  };

  return {
    async open(blob, offset, signal) {
      // Nothing is left to ask for, and servers answer such a range in many ways.
      if (offset >= blob.size && offset > 0) return { body: Readable.from([]), start: offset };
      try {
        return await openUpstream(blob, offset, signal);
      } catch (error) {
        throw inContext(blob, error);
      }
    },
  };
}

/** Says for which artifact a download was; what the lock names and upstream lacks is a failed check, not bad input. */
function inContext({ artifact, file }: PlannedBlob, error: unknown): unknown {
  if (!(error instanceof AirlockError)) return error;
  const code = error.code === 'UPSTREAM_NOT_FOUND' ? 'LOCKED_CONTENT_GONE' : error.code;
  return new AirlockError(code, `${artifact}, ${file}: ${error.message}`, {
    ...(error.fix === undefined ? {} : { fix: error.fix }),
    faults: error.faults,
    cause: error.cause,
  });
}
