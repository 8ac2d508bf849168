/** `airlock guard`: judge, redact and pass on calls to models, before a gateway and behind it. */
import { once } from 'node:events';
import { Command } from 'commander';
import { badInput } from '../../core/errors.js';
import { loadGuard } from '../../guard/config/load-guard.js';
import type { Role } from '../../guard/config/policy.js';
import { startGuard } from '../../guard/server/server.js';
import { parseListenAddress } from '../../offline-bundle/mirror/listen-address.js';
import { readTlsFiles } from '../../offline-bundle/mirror/tls-files.js';
import { guardLine } from '../text/guard.js';
import { print, printJsonLine, say } from '../ui/output.mjs';

interface GuardCommandOptions {
  readonly config: string;
  readonly listen: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly json: boolean;
}

async function run(role: Role, { config, listen, tlsCert, tlsKey, json }: GuardCommandOptions): Promise<void> {
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw badInput('USAGE_MISSING_OPTION', '--tls-cert and --tls-key go together', 'pass both, or none for plain HTTP');
  const address = parseListenAddress(listen);
  const tls = tlsCert === undefined || tlsKey === undefined ? undefined : await readTlsFiles(tlsCert, tlsKey);
  const policy = await loadGuard(config, role);
  const guard = await startGuard({ policy, ...address, ...(tls === undefined ? {} : { tls }), note: say });
  const stop = new AbortController();
  const stopped = once(stop.signal, 'abort');
  // The second signal ends the process at once, as if there were no handler.
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
  const summary = { role, listening: guard.url, workflows: [...policy.workflows.keys()] };
  if (json) printJsonLine(summary);
  else print(guardLine(summary));
  await stopped;
  await guard.close();
}

const verb = (role: Role, description: string): Command =>
  new Command(role)
    .description(description)
    .requiredOption('--config <file>', 'what calls are held to (docs/guard.md)')
    .option('--listen <host:port>', 'address to listen on; port 0 takes any free one', '127.0.0.1:8443')
    .option('--tls-cert <file>', 'certificate of the server, with its intermediates, as PEM')
    .option('--tls-key <file>', 'key of the certificate, as PEM')
    .option('--json', 'print the address and the workflows as one line of JSON', false)
    .action((options: GuardCommandOptions) => run(role, options));

export const command = (): Command =>
  new Command('guard')
    .addCommand(verb('front', 'stand before the gateway: callers, fields, requests, answers'))
    .addCommand(verb('back', 'stand before the engines: the gateway as caller, fields, answers'));
