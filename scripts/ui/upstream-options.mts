/** Options of every command that reaches upstream: `lock` and `bundle create`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  DEFAULT_CONCURRENCY,
  DEFAULT_OUTAGE_MINUTES,
  upstreamSettings as settingsOf,
  type UpstreamSettings,
} from '../../offline-bundle/fetch/settings.js';

/** What {@link addUpstreamOptions} adds to a command's options. */
export interface UpstreamOptions {
  readonly upstream: readonly string[];
  readonly ca?: string;
  readonly providerMirror?: string;
  readonly concurrency: number;
  readonly outage: number;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

function wholeNumber(value: string): number {
  if (!/^\d{1,4}$/.test(value)) throw new InvalidArgumentError('write a whole number');
  return Number(value);
}

const ENVIRONMENT = `
Environment:
  HF_ENDPOINT, HF_TOKEN     address of the Hub, and its token (for it alone)
  DOCKER_CONFIG             folder of Docker's config.json: logins of registries
  AIRLOCK_UPSTREAMS         comma-separated HOST=URL, as --upstream
  SSL_CERT_FILE             PEM file of further authorities, as --ca
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY`;

/** Adds the options and their help to a command. */
export const addUpstreamOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--upstream <HOST=URL>', 'reach a host by way of another address, e.g. a mirror; repeatable')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--ca <file>', 'PEM file of authorities to trust beside the built-in ones')
    .option('--provider-mirror <dir>', 'take Terraform providers from this folder (terraform providers mirror)')
    .option('--concurrency <n>', 'downloads at once', wholeNumber, DEFAULT_CONCURRENCY)
    .option(
      '--outage <minutes>',
      'how long to wait for a host that is out of reach after it has answered',
      wholeNumber,
      DEFAULT_OUTAGE_MINUTES,
    )
    .addHelpText('after', ENVIRONMENT);

/**
 * @param names of the hosts that the site reaches
 * @throws AirlockError (input) for a malformed value in options or environment, an upstream that nothing would use
 */
export const upstreamSettings = (options: UpstreamOptions, names: readonly string[]): UpstreamSettings =>
  settingsOf(options, process.env, names);
