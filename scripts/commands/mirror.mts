/** `airlock mirror`: serve what verified bundles brought. */
import { once } from 'node:events';
import { hostname, networkInterfaces } from 'node:os';
import { Command } from 'commander';
import { badInput } from '../../core/errors.js';
import { readAuthorities } from '../../offline-bundle/fetch/dispatcher.js';
import { summarize } from '../../offline-bundle/mirror/catalog.js';
import { clientUrl, type Machine } from '../../offline-bundle/mirror/client-address.js';
import type { NamedBlob } from '../../offline-bundle/mirror/blob-health.js';
import { type FillOptions, fillUntilDone, parsePin } from '../../offline-bundle/mirror/fill.js';
import { parseListenAddress } from '../../offline-bundle/mirror/listen-address.js';
import { Repairer } from '../../offline-bundle/mirror/repair.js';
import { type Mirror, startMirror } from '../../offline-bundle/mirror/server.js';
import { listeningLine, servedPage } from '../../offline-bundle/mirror/text.js';
import { readTlsFiles } from '../../offline-bundle/mirror/tls-files.js';
import { dockerCredentials } from '../../offline-bundle/oci/docker-credentials.js';
import { openStore, type Store } from '../../offline-bundle/store/store.js';
import { parseMirrorUrl } from '../../offline-bundle/weights/content-source.js';
import { kitVersion } from '../ui/kit-version.mjs';
import { print, printJsonLine, say } from '../ui/output.mjs';
import { progressFor } from '../ui/progress.mjs';

interface MirrorCommandOptions {
  readonly store: string;
  readonly listen: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly fillFrom?: string;
  readonly pin: readonly string[];
  readonly ca?: string;
  readonly accessLog: boolean;
  readonly json: boolean;
}

/** As the operating system tells it now. */
const machine = (): Machine => ({
  hostname: hostname(),
  addresses: Object.values(networkInterfaces()).flatMap((found = []) =>
    found.flatMap(({ internal, address }) => (internal ? [] : [address])),
  ),
});

async function announce(mirror: Mirror, url: string, { store, json }: MirrorCommandOptions): Promise<void> {
  const summary = summarize(await mirror.catalog());
  if (json) printJsonLine({ url, listening: mirror.url, store, ...summary });
  else print(servedPage(summary, url));
}

/** How this mirror fills its store; undefined where it serves what an import brought. */
function fillOptions(
  store: Store,
  { ca, json, fillFrom, pin }: MirrorCommandOptions,
  version: string,
  signal: AbortSignal,
): FillOptions | undefined {
  if (fillFrom === undefined) return undefined;
  const docker = process.env['DOCKER_CONFIG'];
  return {
    from: parseMirrorUrl(fillFrom),
    pins: pin.map(parsePin),
    store,
    authorities: readAuthorities(ca === undefined ? [] : [ca]),
    ...(docker === undefined || docker === '' ? {} : { credentials: dockerCredentials(docker) }),
    progress: { ...progressFor({ json }), note: say },
    version,
    signal,
  };
}

async function run(options: MirrorCommandOptions, command: Command): Promise<void> {
  const { store: dir, tlsCert, tlsKey, fillFrom, accessLog, json } = options;
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw badInput('USAGE_MISSING_OPTION', '--tls-cert and --tls-key go together', 'pass both, or none for plain HTTP');
  if ((fillFrom === undefined) !== (options.pin.length === 0))
    throw badInput(
      'USAGE_MISSING_OPTION',
      '--fill-from and --pin go together',
      'name what to fill the store with, or nothing',
    );
  options.pin.forEach(parsePin); // before anything is made
  const address = parseListenAddress(options.listen);
  const tls = tlsCert === undefined || tlsKey === undefined ? undefined : await readTlsFiles(tlsCert, tlsKey);
  const store = await openStore(dir, { create: fillFrom !== undefined });
  let filled = fillFrom === undefined;
  const stop = new AbortController();
  const filling = fillOptions(store, options, kitVersion(command), stop.signal);
  const repairer = filling && new Repairer((doubted) => fillUntilDone({ ...filling, doubted }), say, stop.signal);
  const mirror = await startMirror({
    store,
    ...address,
    ...(tls === undefined ? {} : { tls }),
    isReady: () => filled,
    note: say,
    ...(repairer === undefined ? {} : { mend: (blob: NamedBlob) => repairer.mend(blob) }),
    ...(accessLog ? { accessLog: say } : {}),
  });
  const stopped = once(stop.signal, 'abort');
  // The second signal ends the process at once, as if there were no handler.
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
  try {
    const url = clientUrl(mirror.url, machine(), tls?.cert);
    if (!json) print(listeningLine(mirror.url, url));
    if (filling !== undefined) await fillUntilDone(filling);
    filled = true;
    await announce(mirror, url, options);
    await stopped;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    stop.abort();
    await mirror.close();
    await repairer?.idle();
  }
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export const command = (): Command =>
  new Command('mirror')
    .requiredOption('--store <dir>', 'folder of the store that `airlock import` wrote')
    .option('--listen <host:port>', 'address to listen on; port 0 takes any free one', '127.0.0.1:5000')
    .option('--tls-cert <file>', 'certificate of the server, with its intermediates, as PEM')
    .option('--tls-key <file>', 'key of the certificate, as PEM')
    .option('--fill-from <url>', 'registry or mirror to fill the store from before serving')
    .option('--pin <repository@digest>', 'manifest to fill with, and what it reaches; may be repeated', collect, [])
    .option('--ca <file>', 'authority that signed the certificate of --fill-from, as PEM')
    .option('--access-log', 'write a line per request to standard error', false)
    .option('--json', 'print the address and what is served as one line of JSON', false)
    .action(run);
