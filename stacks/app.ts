/** The CDKTF app: a blueprint in, stacks out. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { App, Manifest, TerraformStack } from 'cdktf';
import type { Blueprint } from '../blueprint/blueprint';
import { AirlockError, badInput } from '../core/errors';
import { asAirlockError, systemCode } from '../core/system-errors';
import { makeFoldersSync } from '../core/make-folders';
import { AcceleratorsStack } from './accelerators-stack';
import { GatewayStack } from './gateway-stack';
import { GuardrailsStack } from './guardrails-stack';
import { MirrorStack } from './mirror-stack';
import { PlatformStack } from './platform-stack';
import { ServingStack } from './serving-stack';
import type { StateLocation } from './state-backend';
import { writeTerraformFiles } from './terraform-files';
import { TracesStack } from './traces-stack';

/** A blueprint, and where its stacks go. */
export interface AirlockAppProps {
  readonly blueprint: Blueprint;
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
function stateOf({ terraform: { state } }: Blueprint, directory: string | undefined): StateLocation {
  if (directory === undefined) return state;
  if (state.backend !== 'local') {
    throw badInput(
      'STATE_PLACE_CONFLICT',
      `the state is to lie in ${directory}, but the enclave keeps it with ${state.backend}`,
      'unset AIRLOCK_STATE, or remove state from enclave.yaml',
    );
  }
  return { ...state, directory };
}

/** @throws AirlockError (input) when the word is for another site */
function mayDestroy(site: string, word: string | undefined): boolean {
  if (word === undefined || word === site) return word !== undefined;
  throw badInput(
    'DESTROY_NOT_CONFIRMED',
    `AIRLOCK_ALLOW_DESTROY is "${word}", the site is "${site}"`,
    `write AIRLOCK_ALLOW_DESTROY=${site} for the one deployment that may destroy data, else unset it`,
  );
}

/**
 * Builds the app; `synth()` writes it.
 *
 * The stacks apply in the order platform, guardrails, accelerators, mirror, serving, traces, gateway. None refers to another's resources, so each can be planned
 * and audited alone.
 *
 * @throws AirlockError (input) where a construct refuses what the blueprint says
 */
export function airlockApp({ blueprint, outdir, stateDirectory, allowDestroy }: AirlockAppProps): App {
  const { foreignAnnotations } = blueprint.cluster;
  const base = {
    blueprint,
    state: stateOf(blueprint, stateDirectory),
    allowDestroy: mayDestroy(blueprint.site, allowDestroy),
    ...(foreignAnnotations === undefined ? {} : { foreignAnnotations }),
  };
  makeFoldersSync(outdir);
  // Traces would cost half the time and write paths of this machine into annotations.
  const app = new App({ outdir, stackTraces: false });
  const platform = new PlatformStack(app, 'platform', base);
  const pool = (name: string) => platform.pool(name);
  const { accelerators, mirror, traces, gateway } = blueprint;
  const stacks: TerraformStack[] = [
    platform,
    new GuardrailsStack(app, 'guardrails', base),
    ...(accelerators === undefined ? [] : [new AcceleratorsStack(app, 'accelerators', { ...base, pool })]),
    ...(mirror === undefined ? [] : [new MirrorStack(app, 'mirror', { ...base, mirror })]),
    new ServingStack(app, 'serving', { ...base, pool }),
    ...(traces === undefined ? [] : [new TracesStack(app, 'traces', { ...base, traces })]),
    ...(gateway === undefined ? [] : [new GatewayStack(app, 'gateway', { ...base, gateway })]),
  ];
  stacks.forEach((stack, at) => {
    const before = stacks[at - 1];
    if (before !== undefined) stack.addDependency(before);
  });
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
 *
 * @example
 * synthesize({ blueprint: blueprintOf({ site, enclave, lock }), outdir: 'cdktf.out' });
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
    writeTerraformFiles(props.outdir, stacks, props.blueprint.terraform);
    return warningsOf(app);
  } catch (error) {
    if (error instanceof AirlockError || !(error instanceof Error)) throw error;
    if (systemCode(error) !== undefined) throw asAirlockError(error);
    throw new AirlockError('SYNTHESIS_FAILED', `synthesis failed: ${error.message}`, { cause: error });
  }
}
