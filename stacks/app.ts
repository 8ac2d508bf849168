/** The CDKTF app: site, enclave and lock in, stacks out. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { App, Manifest, TerraformStack } from 'cdktf';
import { DISTRIBUTIONS } from '../catalog/distributions';
import { AirlockError, badInput, checkFailed } from '../core/errors';
import type { Enclave, EnclaveState } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';
import type { Site } from '../site/generated/site';
import { checkEnclave } from '../site/load-enclave';
import { checkLock } from '../site/lock/lock-file';
import { AcceleratorsStack } from './accelerators-stack';
import { GatewayStack } from './gateway-stack';
import { calledServings } from './gateway-policy';
import { GuardrailsStack } from './guardrails-stack';
import { MirrorStack } from './mirror-stack';
import { PlatformStack } from './platform-stack';
import { ServingStack } from './serving-stack';
import { tracePolicy, TracesStack } from './traces-stack';
import { hasMirror } from './weight-source';
import { writeTerraformFiles } from './terraform-files';

export interface AirlockAppProps {
  readonly site: Site;
  readonly enclave: Enclave;
  readonly lock: Lock;
  /** Where the stacks are written. */
  readonly outdir: string;
  /**
   * Folder of Terraform's state files, absolute or relative to a stack's folder; not with another backend in the enclave.
   *
   * @default - what the enclave says, else DEFAULT_STATE_DIRECTORY
   */
  readonly stateDirectory?: string;
  /**
   * Name of this site, where Terraform may destroy what holds state; see BaseStackProps.allowDestroy.
   *
   * @default - it may not
   */
  readonly allowDestroy?: string;
}

/** @throws AirlockError (input) when a folder is named although the state is no folder */
function stateOf({ state = { backend: 'local' } }: Enclave, directory: string | undefined): EnclaveState {
  if (directory === undefined) return state;
  if (state.backend !== 'local') {
    throw badInput(
      `the state is to lie in ${directory}, but the enclave keeps it with ${state.backend}`,
      'unset AIRLOCK_STATE, or remove state from enclave.yaml',
    );
  }
  return { ...state, directory };
}

/** @throws AirlockError (input) when the word is for another site */
function mayDestroy(site: Site, word: string | undefined): boolean {
  if (word === undefined || word === site.name) return word !== undefined;
  throw badInput(
    `AIRLOCK_ALLOW_DESTROY is "${word}", the site is "${site.name}"`,
    `write AIRLOCK_ALLOW_DESTROY=${site.name} for the one deployment that may destroy data, else unset it`,
  );
}

/**
 * Builds the app; `synth()` writes it.
 *
 * The stacks apply in the order platform, guardrails, accelerators, mirror, serving, traces, gateway. None refers to another's resources, so each can be planned
 * and audited alone.
 *
 * @throws AirlockError (input) when the files contradict each other, (check) when the lock is out of date
 */
export function airlockApp(props: AirlockAppProps): App {
  const { site, enclave, lock, outdir, stateDirectory, allowDestroy } = props;
  checkEnclave(enclave, site);
  const differences = checkLock(lock, site);
  if (differences.length > 0) {
    throw checkFailed(`the lock does not fit the site: ${differences.join('; ')}`, 'run `airlock lock`');
  }
  const { foreignAnnotations } = DISTRIBUTIONS[site.cluster.distribution];
  const base = {
    state: stateOf(enclave, stateDirectory),
    allowDestroy: mayDestroy(site, allowDestroy),
    ...(foreignAnnotations === undefined ? {} : { foreignAnnotations }),
  };
  mkdirSync(outdir, { recursive: true });
  // Traces would cost half the time and write paths of this machine into annotations.
  const app = new App({ outdir, stackTraces: false });
  const platform = new PlatformStack(app, 'platform', { ...base, site, enclave, lock });
  const guardrails = new GuardrailsStack(app, 'guardrails', { ...base, site, enclave, lock });
  const pool = (name: string) => platform.pool(name);
  const accelerators =
    site.gpu === undefined
      ? undefined
      : new AcceleratorsStack(app, 'accelerators', { ...base, site, enclave, lock, pool });
  const mirror = hasMirror(enclave) ? new MirrorStack(app, 'mirror', { ...base, site, enclave, lock }) : undefined;
  const serving = new ServingStack(app, 'serving', { ...base, site, enclave, lock, pool });
  const traces =
    site.traces === undefined ? undefined : new TracesStack(app, 'traces', { ...base, site, enclave, lock });
  const gateway =
    site.gateway === undefined
      ? undefined
      : new GatewayStack(app, 'gateway', {
          ...{ ...base, site, enclave, lock },
          ...(site.traces === undefined ? {} : { traces: tracePolicy(site.traces) }),
          targets: calledServings(site).map((name) => serving.release(name).target),
          served: (name) => serving.release(name).spec,
        });
  guardrails.addDependency(platform);
  accelerators?.addDependency(guardrails);
  mirror?.addDependency(accelerators ?? guardrails);
  serving.addDependency(mirror ?? accelerators ?? guardrails);
  traces?.addDependency(serving);
  gateway?.addDependency(traces ?? serving);
  return app;
}

/**
 * CDKTF takes a stack trace for every token, which only its own errors would show: a third of the time of a large site.
 * Errors that are thrown have their own.
 */
function withoutTraces<T>(work: () => T): T {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- only put back
  const { captureStackTrace } = Error;
  Error.captureStackTrace = () => undefined;
  try {
    return work();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}

/**
 * cdktf reads variables of its own (`CDKTF_CONTEXT_JSON`, `CDKTF_TARGET_STACK_ID`, `SYNTH_HCL_OUTPUT`), by which names, stacks
 * or the syntax would differ. What is synthesized depends on the three files alone.
 */
function withoutVariables<T>(work: () => T): T {
  const given = Object.entries(process.env).filter(([name]) => /^(CDKTF|SYNTH)_/.test(name));
  for (const [name] of given) Reflect.deleteProperty(process.env, name);
  try {
    return work();
  } finally {
    Object.assign(process.env, Object.fromEntries(given));
  }
}

/** Folders of stacks that an earlier synthesis wrote and this one does not have: nobody may deploy them by mistake. */
function removeOtherStacks(outdir: string, stacks: readonly string[]): void {
  const folder = path.join(outdir, Manifest.stacksFolder);
  const isOld = (name: string): boolean => !stacks.includes(name) && existsSync(path.join(folder, name, 'cdk.tf.json'));
  for (const name of readdirSync(folder).filter(isOld)) rmSync(path.join(folder, name), { recursive: true });
}

/** What constructs warned of; the CDKTF CLI shows it by itself, other callers must. */
const warningsOf = (app: App): string[] =>
  app.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === '@cdktf/warn')
    .map(({ data }) => String(data));

/**
 * Builds the app and writes it, with what Terraform needs to initialize it offline.
 *
 * @returns what whoever deploys it should know
 * @throws AirlockError, also for CDKTF's own refusals, which are plain errors
 */
export function synthesize(props: AirlockAppProps): string[] {
  try {
    const app = withoutVariables(() =>
      withoutTraces(() => {
        const built = airlockApp(props);
        built.synth();
        return built;
      }),
    );
    const stacks = app.node.children.filter((child) => TerraformStack.isStack(child)).map(({ node }) => node.id);
    removeOtherStacks(props.outdir, stacks);
    writeTerraformFiles(props.outdir, stacks, props.enclave, props.lock);
    return warningsOf(app);
  } catch (error) {
    if (error instanceof AirlockError || !(error instanceof Error)) throw error;
    throw new AirlockError('input', `synthesis failed: ${error.message}`, { cause: error });
  }
}
