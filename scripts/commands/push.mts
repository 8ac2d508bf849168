/** `airlock push`: bring images and models of verified bundles into a registry of the site's own. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { badInput, EXIT_CODES } from '../../core/errors.js';
import { readAuthorities } from '../../offline-bundle/fetch/dispatcher.js';
import { HttpClient } from '../../offline-bundle/fetch/http.js';
import { DEFAULT_OUTAGE_MINUTES, upstreamSettings } from '../../offline-bundle/fetch/settings.js';
import { dockerCredentials } from '../../offline-bundle/oci/docker-credentials.js';
import { planPush, PUSHED_KINDS, type PushedKind } from '../../offline-bundle/push/plan.js';
import { push } from '../../offline-bundle/push/push.js';
import { bundleSource, isBundle, type PushSource, storeSource } from '../../offline-bundle/push/source.js';
import { parseTarget } from '../../offline-bundle/push/target.js';
import { pushPage } from '../../offline-bundle/push/text.js';
import { openNotes } from '../../offline-bundle/push/upload-notes.js';
import { kitVersion } from '../ui/kit-version.mjs';
import { print, printJson } from '../ui/output.mjs';
import { progressFor } from '../ui/progress.mjs';
import { addTrustOptions, type TrustCommandOptions, trustFrom } from '../ui/trust-options.mjs';

interface PushCommandOptions extends TrustCommandOptions {
  readonly to: string;
  readonly bundle?: string;
  readonly only: readonly PushedKind[];
  readonly dryRun: boolean;
  readonly state: string;
  readonly chunkSize: number;
  readonly concurrency: number;
  readonly outage: number;
  readonly ca?: string;
  readonly plainHttp: boolean;
  readonly json: boolean;
}

const MIB = 1024 * 1024;
const DEFAULT_CHUNK_MIB = 64;

const ENVIRONMENT = `
Environment:
  DOCKER_CONFIG             folder of Docker's config.json: the login
  SSL_CERT_FILE             PEM file of further authorities, as --ca
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY`;

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('write a whole number from 1 on');
  return Number(text);
}

function minutes(text: string): number {
  return text === '0' ? 0 : wholeNumber(text);
}

async function sourceFrom(dir: string, options: PushCommandOptions): Promise<PushSource> {
  const { trust, policy, threshold, bundle, json } = options;
  const progress = progressFor({ json });
  if (await isBundle(dir)) {
    if (bundle !== undefined)
      throw badInput(
        'USAGE_CONFLICTING_OPTIONS',
        `${dir} is one bundle`,
        'leave --bundle out; it chooses one of a store',
      );
    return bundleSource(
      dir,
      { ...(await trustFrom({ ...options, allowUnsigned: false })), allowUnsigned: false },
      progress,
    );
  }
  if (trust.length > 0 || policy !== undefined || threshold !== undefined)
    throw badInput(
      'USAGE_CONFLICTING_OPTIONS',
      `${dir} is no folder of a bundle, and the bundles of a store were verified by their import`,
      'leave out whom to trust, or name the folder of a bundle',
    );
  return storeSource(dir, bundle, progress);
}

async function run(dir: string, options: PushCommandOptions, command: Command): Promise<void> {
  const { to, only, dryRun, state, chunkSize, json, plainHttp, ca, concurrency, outage } = options;
  const target = parseTarget(to, plainHttp);
  const settings = upstreamSettings({ concurrency, outage, ...(ca === undefined ? {} : { ca }) }, process.env, []);
  const notes = await openNotes(state, new URL(target.prefix, target.base).href);
  const { store, catalog } = await sourceFrom(dir, options);
  const progress = progressFor({ json });
  const http = new HttpClient({
    ...{ version: kitVersion(command), progress, upstreamNames: [] },
    ...{ authorities: readAuthorities(settings.authorityFiles), proxies: settings.proxies },
    retry: { outageMs: settings.outageMs },
  });
  try {
    const report = await push({
      ...{ store, target, http, notes, dryRun, progress, concurrency: settings.concurrency },
      plan: await planPush(store, catalog, only.length === 0 ? PUSHED_KINDS : only),
      credentials: dockerCredentials(settings.dockerConfig),
      chunkBytes: chunkSize * MIB,
    });
    if (json) printJson(report);
    else print(pushPage(report));
    if (report.result === 'fail') process.exitCode = EXIT_CODES.check;
  } finally {
    await http.close();
  }
}

export const command = (): Command =>
  addTrustOptions(
    new Command('push')
      .argument('<from>', 'folder of the store, or of a bundle; it is only read')
      .requiredOption('--to <registry>', 'HOST[:PORT][/FOLDER] of the registry, or its address')
      .option('--bundle <bundle>', 'push this one of the store: digits of its digest, or SITE@SEQUENCE'),
  )
    .addOption(new Option('--only <kind...>', 'push nothing else').choices(PUSHED_KINDS).default([], 'all of them'))
    .option('--dry-run', 'ask the registry what it lacks, and send nothing', false)
    .option('--state <file>', 'where uploads under way are noted, to go on with them', '.airlock-push.json')
    .option('--chunk-size <MiB>', 'most bytes of one request', wholeNumber, DEFAULT_CHUNK_MIB)
    .option('--concurrency <n>', 'uploads at once', wholeNumber, 4)
    .option('--outage <minutes>', 'how long to wait for a registry that has answered', minutes, DEFAULT_OUTAGE_MINUTES)
    .option('--ca <file>', "authority that signed the registry's certificate, as PEM")
    .option('--plain-http', 'push without TLS to another machine', false)
    .option('--json', 'print the report as JSON', false)
    .addHelpText('after', ENVIRONMENT)
    .action(run);
