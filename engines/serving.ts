/** One model on one engine, on the nodes of one pool: what its pods are told, and what they answer. */
import type { PodPeer } from '../catalog/platform/flow';
import { selectorLabels } from '../catalog/platform/names';
import { badInput } from '../core/errors';
import { type Engine, type EngineOptions, type EngineSpec } from './contract';
import { argumentsOf, checkExtraArgs } from './extra-args';
import { leaderLabels } from './node-group';
import { checkCapacity, checkDriver, checkMemoryFraction, type PoolPlaces } from './pool';
import {
  contentKey,
  type ServedAdapter,
  type ServedArtifact,
  type ServedModel,
  type WeightsWay,
} from './weights/content';

/** What a site asks of a serving, with what the lock says of its content. */
export interface ServingRequest extends EngineOptions {
  /** Name of the serving, of its Deployment and of its Service. */
  readonly name: string;
  readonly engine: Engine;
  /** Version of the engine, as the site writes it. */
  readonly engineVersion: string;
  readonly model: ServedModel;
  /**
   * Name under which the API offers the model. Two servings with one name are a canary pair: gateways tell them apart by
   * their Services.
   *
   * @default - the name of the serving
   */
  readonly servedName?: string;
  /**
   * LoRA adapters beside the model.
   *
   * @default - none
   */
  readonly adapters?: readonly ServedAdapter[];
  /**
   * What the engine needs beside the model.
   *
   * @default - nothing
   */
  readonly artifacts?: readonly ServedArtifact[];
  /**
   * @default 1
   */
  readonly replicas?: number;
  /**
   * GPUs of each replica.
   *
   * @default - 1 on a pool with accelerators, else 0
   */
  readonly gpus?: number;
  /**
   * Further arguments of the engine; its contract's own cannot be changed.
   *
   * @default - none
   */
  readonly extraArgs?: readonly string[];
}

/** A serving with its defaults resolved. */
export interface SpecifiedServing {
  readonly servedName: string;
  readonly replicas: number;
  /** GPUs of each pod. */
  readonly gpus: number;
  /** Pods of each replica. */
  readonly nodes: number;
  /** Absolute path under which its pods see the model. */
  readonly modelPath: string;
  readonly adapters: readonly (ServedAdapter & { readonly path: string })[];
  readonly artifacts: readonly (ServedArtifact & { readonly path: string })[];
  /** What the engine makes of the request. */
  readonly spec: EngineSpec;
  /** Labels that only its pods have. */
  readonly selector: Readonly<Record<string, string>>;
  /** Labels that only those of its pods have that answer. */
  readonly answering: Readonly<Record<string, string>>;
}

/** @throws AirlockError (input) where a claim of each replica holds the weights, and other pods need them too */
function checkWay(name: string, way: WeightsWay, nodes: number, spec: EngineSpec): void {
  if (way !== 'cache') return;
  const fix = 'let the pool fetch its weights, or take them from images or a shared claim';
  if (nodes > 1) {
    throw badInput(
      'WEIGHTS_WAY_UNSUPPORTED',
      `serving "${name}" spans several nodes, and its pool caches weights in claims of each replica`,
      fix,
    );
  }
  if (spec.build === undefined) return;
  throw badInput(
    'WEIGHTS_WAY_UNSUPPORTED',
    `serving "${name}" has an engine built, and its pool caches weights in claims of each replica`,
    fix,
  );
}

const gpusOf = ({ gpus }: ServingRequest, { gpusPerNode }: PoolPlaces): number => gpus ?? (gpusPerNode > 0 ? 1 : 0);

/** Something that is held against a serving. @throws AirlockError (input) */
export type ServingCheck = () => void;

/** Whether the pool has a place for it, whatever the engine says; each by itself. */
export function placeChecks(request: ServingRequest, pool: PoolPlaces): readonly ServingCheck[] {
  const { name, engine, nodes = 1, replicas = 1 } = request;
  const gpus = gpusOf(request, pool);
  const hasFraction = gpus > 0 && Object.values(engine.fieldFlags).includes('memoryFraction');
  return [
    () => checkCapacity(pool, name, replicas * nodes, gpus),
    ...(hasFraction ? [() => checkMemoryFraction(pool, name, request.memoryFraction)] : []),
  ];
}

/** Whether what the engine makes of it can run; each by itself. */
export function specChecks(
  request: ServingRequest,
  pool: PoolPlaces,
  way: WeightsWay,
  spec: EngineSpec,
): readonly ServingCheck[] {
  const { name, engine, nodes = 1, extraArgs = [] } = request;
  return [
    () => checkWay(name, way, nodes, spec),
    () => {
      // What an image of the site's own making holds is not known here.
      if (gpusOf(request, pool) > 0 && request.derivedImage !== true) checkDriver(pool, name, spec.cuda);
    },
    ...argumentsOf(extraArgs).map((argument) => () => checkExtraArgs(engine, spec, argument, name)),
    () => {
      if (spec.user.uid === 0)
        throw badInput('ENGINE_IMAGE_UNSUITABLE', `engine ${engine.name} runs as root`, 'name a numeric user');
    },
  ];
}

/**
 * Resolves a serving, without {@link placeChecks} and {@link specChecks}.
 *
 * @throws AirlockError (input) when the engine cannot serve the locked model
 */
export function resolveServing(request: ServingRequest, pool: PoolPlaces): SpecifiedServing {
  const { name, engine, model, nodes = 1, replicas = 1, servedName = name } = request;
  const gpus = gpusOf(request, pool);
  // The name of the served model where an engine takes the folder's for it.
  const modelPath = `/models/${engine.namesModelByPath === true ? servedName : model.name}`;
  const adapters = (request.adapters ?? []).map((adapter) => ({ ...adapter, path: `/adapters/${adapter.name}` }));
  const artifacts = (request.artifacts ?? []).map((set) => ({ ...set, path: `/artifacts/${set.name}` }));
  const { product, computeCapability } = pool.accelerator;
  const spec = engine.specify({
    ...request,
    ...{ serving: name, version: request.engineVersion, modelPath, servedName, files: model.files, gpus },
    ...(model.shape === undefined ? {} : { shape: model.shape }),
    ...(model.unknownShape === undefined ? {} : { described: model.unknownShape }),
    ...(product === undefined
      ? {}
      : {
          target: {
            content: contentKey([model.store ?? model, ...adapters.map((adapter) => adapter.model)]),
            product,
          },
        }),
    ...(gpus === 0 || computeCapability === undefined ? {} : { computeCapability }),
    adapters: adapters.map((adapter) => ({ name: adapter.name, path: adapter.path, files: adapter.model.files })),
    artifacts: Object.fromEntries(artifacts.map((set) => [set.name, set.path])),
  });
  const selector = selectorLabels(engine.name, name);
  return {
    ...{ servedName, replicas, gpus, nodes, modelPath, adapters, artifacts, spec, selector },
    answering: spec.group === undefined ? selector : leaderLabels(selector),
  };
}

/**
 * Resolves a serving.
 *
 * @param way by which its pods get their weights
 * @throws AirlockError (input) when the engine cannot serve the locked model, or the pool has no such place
 */
export function specifyServing(request: ServingRequest, pool: PoolPlaces, way: WeightsWay): SpecifiedServing {
  for (const check of placeChecks(request, pool)) check();
  const specified = resolveServing(request, pool);
  for (const check of specChecks(request, pool, way, specified.spec)) check();
  return specified;
}

/** Pods that a rollout starts before it ends others: none where there may be no free GPU for them. */
export const surgeOf = (onGpu: boolean): number => (onGpu ? 0 : 1);

/** The pods that answer for a serving, for policies. */
export const answeringPods = (namespace: string, { answering }: SpecifiedServing): PodPeer => ({
  namespace,
  labels: answering,
});
