/** What a serving engine demands of a pod: the contract that `ServingRelease` fulfills without knowing the engine. */
import type { EngineName } from '../catalog/engines';
import { badInput } from '../core/errors';

export const GIB = 1024 ** 3;

/** A file of the locked model. */
export interface ModelFile {
  /** Path inside the model, with forward slashes. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** What is asked of an engine. */
export interface EngineRequest {
  /** Name of the serving, for messages. */
  readonly serving: string;
  /** Version as the site writes it. */
  readonly version: string;
  /** Absolute path under which the pod sees the model, read-only. */
  readonly modelPath: string;
  /** Name under which the API offers the model. */
  readonly servedName: string;
  readonly files: readonly ModelFile[];
  /** GPUs of one replica; 0 on CPU pools. */
  readonly gpus: number;
  /**
   * Context length in tokens.
   *
   * @default - what the model states
   */
  readonly maxModelLen?: number;
  /**
   * File to load, for engines that load one.
   *
   * @default - the only one there is
   */
  readonly file?: string;
}

/** A path that the engine writes to although its root file system is read-only. */
export interface WritableDirectory {
  readonly path: string;
  /** Upper bound in bytes; the kubelet evicts a pod that exceeds it. */
  readonly sizeBytes: number;
}

/** What the pod must give the engine, and what the engine offers in return. */
export interface EngineSpec {
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** Complete: nothing may override it, since it keeps the engine offline and silent. */
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  /** HTTP paths of the probes, on `port`. */
  readonly probes: { readonly startup: string; readonly readiness: string; readonly liveness: string };
  /** Path of Prometheus metrics, on `port`. */
  readonly metricsPath: string;
  /** The paths that clients may call; engines serve more, some of it dangerous. */
  readonly httpPaths: readonly string[];
  readonly writable: readonly WritableDirectory[];
  /** Size of a memory-backed /dev/shm; counts against the memory limit. 0 where none is needed. */
  readonly sharedMemoryBytes: number;
  readonly user: { readonly uid: number; readonly gid: number };
  /** Bytes of weights that the engine reads at start. */
  readonly weightBytes: number;
  /** Seconds from loaded weights to the first answer. */
  readonly warmUpSeconds: number;
  /** Seconds that the engine needs to finish requests after SIGTERM. */
  readonly shutdownSeconds: number;
  /** CPU request, in cores. */
  readonly cpu: number;
  /** Memory request and limit, in bytes, without `sharedMemoryBytes`. */
  readonly memoryBytes: number;
}

export interface Engine {
  readonly name: EngineName;
  /** Flags that would undo the contract: downloads, remote code, tools, development endpoints. */
  readonly forbiddenFlags: readonly string[];
  /**
   * @throws AirlockError (input) when the locked model or the version cannot be served
   */
  specify(request: EngineRequest): EngineSpec;
}

/** `--flag` of an argument, without a value behind `=`. */
const flagOf = (argument: string): string => argument.split('=')[0] ?? argument;

/**
 * Holds arguments of a user against an engine's contract.
 *
 * @throws AirlockError (input) for a flag that the contract sets itself or forbids
 */
export function checkExtraArgs(engine: Engine, spec: EngineSpec, extra: readonly string[]): void {
  const set = new Set(spec.args.filter((argument) => argument.startsWith('-')).map(flagOf));
  for (const flag of extra.filter((argument) => argument.startsWith('-')).map(flagOf)) {
    if (engine.forbiddenFlags.includes(flag)) {
      throw badInput(`${engine.name} must not get ${flag}`, 'it fetches, runs or exposes what the lock does not cover');
    }
    if (set.has(flag)) throw badInput(`${flag} is already set by the contract of ${engine.name}`, 'leave it out');
  }
}
