/** What a serving engine demands of a pod: the contract that `ServingRelease` fulfills without knowing the engine. */
import type { EngineName } from '../catalog/engines';
import type { ArgumentForms } from './argument-form';
import type { LockModelShape, LockUnknownShape } from '../site/generated/lock';
import type { Serving } from '../site/generated/site';

export const GIB = 1024 ** 3;

/** A file of the locked model. */
export interface ModelFile {
  /** Path inside the model, with forward slashes. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** Types of the key-value cache, as engines name them. */
export type KvCacheDtype = NonNullable<Serving['kvCacheDtype']>;

/** A LoRA adapter that the pod holds. */
export interface AdapterFiles {
  /** Name of the adapter in the API. */
  readonly name: string;
  /** Absolute path of its folder, read-only. */
  readonly path: string;
  readonly files: readonly ModelFile[];
}

/** What a serving may ask of its engine; not every engine has all of it. */
export interface EngineOptions {
  /**
   * Context length in tokens.
   *
   * @default - what the model states; engines on llama.cpp: 8192
   */
  readonly maxModelLen?: number;
  /**
   * Most sequences at a time.
   *
   * @default - the engine's own limit
   */
  readonly concurrency?: number;
  /**
   * Pipeline stages among the GPUs of a replica.
   *
   * @default 1
   */
  readonly pipelineParallel?: number;
  /**
   * Nodes of a replica; each gives it `gpus` GPUs and holds whole pipeline stages.
   *
   * @default 1
   */
  readonly nodes?: number;
  /**
   * File to load, for engines that load one.
   *
   * @default - the only one there is
   */
  readonly file?: string;
  /**
   * Backend, for engines that have several.
   *
   * @default - the engine's own
   */
  readonly backend?: NonNullable<Serving['engine']['backend']>;
  /**
   * Quantization method.
   *
   * @default - what the model states
   */
  readonly quantization?: string;
  /**
   * @default 'auto'
   */
  readonly kvCacheDtype?: KvCacheDtype;
  /**
   * Share of the GPU memory that the engine may take.
   *
   * @default - the engine's own
   */
  readonly memoryFraction?: number;
  /**
   * Seconds that requests in flight get when a pod ends.
   *
   * @default - what the contract of the engine gives them
   */
  readonly drainSeconds?: number;
  /**
   * Path of a chat template among the model's files.
   *
   * @default - the model's own
   */
  readonly chatTemplate?: string;
  /**
   * Path of a multimodal projector among the files.
   *
   * @default - none: no images
   */
  readonly projector?: string;
  /**
   * @default - tools are not parsed
   */
  readonly toolCallParser?: string;
  /**
   * @default - reasoning is not parsed
   */
  readonly reasoningParser?: string;
  /**
   * Whether the site names an image of its own making instead of the engine's.
   *
   * @default false
   */
  readonly derivedImage?: boolean;
}

/** What is asked of an engine. */
export interface EngineRequest extends EngineOptions {
  /** Name of the serving, for messages. */
  readonly serving: string;
  /** Version as the site writes it. */
  readonly version: string;
  /** Absolute path under which the pod sees the model, read-only. */
  readonly modelPath: string;
  /** Name under which the API offers the model. */
  readonly servedName: string;
  readonly files: readonly ModelFile[];
  /** GPUs of one replica on one node: tensor parallel times pipeline parallel; 0 on CPU pools. */
  readonly gpus: number;
  /**
   * What the lock recorded of the model's architecture.
   *
   * @default - unknown, as with locks of older releases
   */
  readonly shape?: LockModelShape;
  /**
   * What the lock says of a model whose shape is not understood.
   *
   * @default - nothing
   */
  readonly described?: Pick<LockUnknownShape, 'source' | 'architecture'>;
  /**
   * Arguments of the site beside those of the contract: some set what the engine does.
   *
   * @default - none
   */
  readonly extraArgs?: readonly string[];
  /**
   * CUDA compute capability of the GPUs, major and minor.
   *
   * @default - unknown, or no GPUs
   */
  readonly computeCapability?: readonly [number, number];
  /**
   * What something built for this serving is bound to.
   *
   * @default - unknown
   */
  readonly target?: {
    /** Digits that stand for the models. */
    readonly content: string;
    /** Product name of the GPUs. */
    readonly product: string;
  };
  /**
   * @default - none
   */
  readonly adapters?: readonly AdapterFiles[];
  /**
   * Absolute folder of each set of side artifacts that the pod holds, by name of the set.
   *
   * @default - none
   */
  readonly artifacts?: Readonly<Record<string, string>>;
}

/** A path that the engine writes to although its root file system is read-only. */
export interface WritableDirectory {
  readonly path: string;
  /** Upper bound in bytes; the kubelet evicts a pod that exceeds it. */
  readonly sizeBytes: number;
}

/**
 * How the kubelet asks the engine: an HTTP path on its port, or a command inside the container. A command for the start
 * may take as long as the start itself.
 */
export type EngineProbe = string | { readonly exec: readonly string[] };

/** The pods of a replica beside the first, which `args` of the spec start. */
export interface EngineGroup {
  /** Arguments of each; the kubelet puts in which one it is. */
  readonly workerArgs: readonly string[];
}

/** Work that is done once, on GPUs of the pool, before the engine can start; its output lies in a claim. */
export interface EngineBuild {
  /** Name of the output: all that it is bound to. An output of that name is used as it is. */
  readonly key: string;
  /** Where builder and engine see the claim; the engine read-only. */
  readonly path: string;
  /** Upper bound of the output, in bytes. */
  readonly outputBytes: number;
  /** Seconds after which a build has failed. */
  readonly seconds: number;
  /** What the builder demands of its pod; it serves nothing. */
  readonly spec: EngineSpec;
}

/** Why a serving answers no other paths, and what to write for those. */
export interface Limits {
  readonly why: string;
  readonly fix: string;
}

/** What a serving answers. */
export interface ServedPaths {
  readonly httpPaths: readonly string[];
  readonly limits: Limits;
}

/** What the pod must give the engine, and what the engine offers in return. */
export interface EngineSpec {
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** Complete: nothing may override it, since it keeps the engine offline and silent. */
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  readonly probes: {
    readonly startup: EngineProbe;
    readonly readiness: EngineProbe;
    readonly liveness: EngineProbe;
  };
  /** Where Prometheus finds metrics; absent where the engine has none. */
  readonly metrics?: { readonly port: number; readonly path: string };
  /**
   * The paths that clients may call of what this serving answers as it is started; engines serve more, some of it
   * dangerous. Where nobody knows what it answers, the list of models alone.
   */
  readonly httpPaths: ServedPaths['httpPaths'];
  /** Why it answers no more, and what to write for that. */
  readonly limits: ServedPaths['limits'];
  readonly writable: readonly WritableDirectory[];
  /** Size of a memory-backed /dev/shm; counts against the memory limit. 0 where none is needed. */
  readonly sharedMemoryBytes: number;
  readonly user: { readonly uid: number; readonly gid: number };
  /** Bytes of weights that the engine reads at start. */
  readonly weightBytes: number;
  /** Seconds from loaded weights to the first answer. */
  readonly warmUpSeconds: number;
  /**
   * Seconds that requests in flight get before SIGTERM, where the engine drops them at SIGTERM.
   *
   * @default 0
   */
  readonly drainSeconds?: number;
  /** Seconds that the engine needs to finish requests after SIGTERM. */
  readonly shutdownSeconds: number;
  /** CPU request, in cores. */
  readonly cpu: number;
  /** Memory request and limit, in bytes, without `sharedMemoryBytes`. */
  readonly memoryBytes: number;
  /** What must be built before it can start. */
  readonly build?: EngineBuild;
  /** The other pods of a replica, where it spans several nodes. */
  readonly group?: EngineGroup;
  /** What whoever deploys it should know, such as a deprecation; printed at synthesis. */
  readonly warnings?: readonly string[];
  /** CUDA release of the image, e.g. `13.0`, where its tag tells. */
  readonly cuda?: string;
}

/** The contract of one engine. */
export interface Engine {
  readonly name: EngineName;
  /** Flags that a site may add, each with the form of its value, as somebody reviewed them; every other one is refused. */
  readonly extraFlags: ArgumentForms;
  /** Flags that a field of the serving stands for, so that sizing and audit see the value: flag → field. */
  readonly fieldFlags: Readonly<Record<string, string>>;
  /**
   * Whether the API names the model after the last part of its path.
   *
   * @default false
   */
  readonly namesModelByPath?: boolean;
  /**
   * Fields of a request that keep the engine from writing reasoning beside the answer, where guards of agentgateway do
   * not read it. An engine without a parser writes it into the answer, and a gateway may still cut it out.
   *
   * @default - the engine has none
   */
  readonly withoutReasoning?: Readonly<Record<string, unknown>>;
  /**
   * @throws AirlockError (input) when the locked model or the version cannot be served
   */
  specify(request: EngineRequest): EngineSpec;
}
