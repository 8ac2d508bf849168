/* Generated from site/schema/site.schema.json by `npm run generate`; do not edit. */

/**
 * os/architecture of nodes and images.
 */
export type Platform = 'linux/amd64' | 'linux/arm64';
/**
 * A DNS label of at most 41 characters: lower-case letters, digits and hyphens (RFC 1123).
 */
export type Label = string;

/**
 * What is wanted: models, engines, versions. Travels with the bundle; names no address of the enclave.
 */
export interface Site {
  /**
   * Version of this format.
   */
  apiVersion: 'airlock/v1alpha1';
  /**
   * Always Site: which of the files this is.
   */
  kind: 'Site';
  /**
   * Name of the site; the enclave and the lock repeat it.
   */
  name: string;
  /**
   * Platforms that images are carried for, as os/architecture.
   *
   * @minItems 1
   */
  platforms: Platform[];
  /**
   * The Kubernetes cluster that the plan is made for.
   */
  cluster: {
    /**
     * Kubernetes distribution of the cluster.
     */
    distribution: 'rke2' | 'k3s' | 'kubeadm' | 'talos' | 'openshift';
    /**
     * Minor version, quoted: "1.34".
     */
    kubernetesVersion: string;
    /**
     * Network plugin that enforces policies; that of the distribution when absent.
     */
    cni?:
      | 'antrea'
      | 'bridge'
      | 'calico'
      | 'canal'
      | 'cilium'
      | 'flannel'
      | 'kindnet'
      | 'kube-network-policies'
      | 'kube-ovn'
      | 'kube-router'
      | 'ovn-kubernetes';
    /**
     * Cluster-wide policy above NetworkPolicy: what the network plugin has (auto), none, or ClusterNetworkPolicy (policy.networking.k8s.io/v1alpha2) where its definition is installed.
     */
    policyTier?: 'auto' | 'none' | 'cluster-network-policy';
  };
  /**
   * The kit's own image, which runs the weight mirror and checks weights beside the engines.
   */
  kit?: {
    /**
     * Node image on which the kit's own image is assembled.
     */
    baseImage?: string;
  };
  gpu?: GpuSoftware;
  /**
   * Groups of like nodes; enclave.yaml says which nodes they are.
   *
   * @minItems 1
   */
  pools: Pool[];
  /**
   * Models whose weights are carried, each pinned by its commit.
   */
  models: Model[];
  /**
   * Which engine serves which model on which pool.
   */
  servings: Serving[];
  gateway?: SiteGateway;
  /**
   * Public model names, each for one use: which servings answer, and what may pass.
   */
  workflows?: Workflow[];
  traces?: SiteTraces;
  /**
   * Images beyond what the engines and the platform need by themselves.
   */
  images?: ExtraImage[];
  /**
   * Helm charts, by repository and version.
   */
  charts?: ExtraChart[];
  /**
   * Tools and anything else, by URL and expected hash.
   */
  files?: ExtraFile[];
}
/**
 * What makes the cluster see the GPUs of its nodes, where the plan installs it: NVIDIA's device plugin, or the GPU Operator. Without it the nodes have it already.
 */
export interface GpuSoftware {
  /**
   * NVIDIA's device plugin alone, set up for each pool.
   */
  devicePlugin?: {
    /**
     * Release of NVIDIA's device plugin, e.g. 0.20.0; drivers and container toolkit are on the nodes.
     */
    version: string;
  };
  /**
   * NVIDIA's GPU Operator, set up from what the pools say.
   */
  operator?: {
    /**
     * Release of NVIDIA's GPU Operator, e.g. 26.7.0; drivers are on the nodes.
     */
    version: string;
  };
}
/**
 * A group of like nodes.
 */
export interface Pool {
  /**
   * Name of the pool, a DNS label; servings and enclave.yaml mean it by this name.
   */
  name: string;
  /**
   * What the nodes of the pool carry.
   */
  accelerator:
    | 'none'
    | 'nvidia-a10-24gb'
    | 'nvidia-a100-40gb'
    | 'nvidia-a100-80gb'
    | 'nvidia-l4-24gb'
    | 'nvidia-l40s-48gb'
    | 'nvidia-h100-80gb'
    | 'nvidia-h100-nvl-94gb'
    | 'nvidia-h200-141gb'
    | 'nvidia-b200-180gb'
    | 'nvidia-rtx-pro-6000-96gb';
  /**
   * GPUs in each node.
   */
  gpusPerNode?: number;
  /**
   * os/architecture of nodes and images.
   */
  platform?: 'linux/amd64' | 'linux/arm64';
  /**
   * RuntimeClass for GPU pods, where the nodes need one.
   */
  runtimeClass?: string;
  /**
   * How GPUs are handed out: exclusive (default), { mig: <profile> }, or { timeSlicing: <pods per GPU> }.
   */
  sharing?: 'exclusive' | {mig?: string; strategy?: 'mixed' | 'single'; timeSlicing?: number};
  /**
   * Version of NVIDIA's container toolkit on the nodes, e.g. 1.19.1; decides whether pods may have a read-only root.
   */
  toolkitVersion?: string;
  /**
   * Version or branch of the NVIDIA driver on the nodes, quoted: "580"; decides which CUDA images may run.
   */
  driverVersion?: string;
  /**
   * How models get into the pods: fetched for each pod; an image volume; fetched once per replica into a claim that stays; a shared claim, read-only.
   */
  weights?: 'fetch' | 'image' | 'cache' | 'claim';
}
/**
 * A model, pinned by its commit.
 */
export interface Model {
  /**
   * Name of the model, a DNS label; servings mean it by this name.
   */
  name: string;
  source: ModelSource;
  license: ModelLicense;
}
/**
 * Where a model comes from.
 */
export interface ModelSource {
  /**
   * Hugging Face repository, owner/name.
   */
  repository: string;
  /**
   * Commit as 40 lower-case hexadecimal digits; a branch or tag can move and is refused.
   */
  revision: string;
  /**
   * Glob patterns of files to take; everything by default.
   */
  include?: string[];
  /**
   * Glob patterns of files to leave out; wins over include.
   */
  exclude?: string[];
}
/**
 * Who reviewed the license of a model, and when.
 */
export interface ModelLicense {
  /**
   * SPDX license expression that the model must declare.
   */
  expect: string;
  /**
   * Who reviewed the license.
   */
  reviewedBy: string;
  /**
   * Day of the review, YYYY-MM-DD.
   */
  reviewedOn: string;
}
/**
 * A model on an engine, on the nodes of a pool.
 */
export interface Serving {
  /**
   * Name of the serving, a DNS label; its Deployment and Service are called by it.
   */
  name: string;
  /**
   * Name of a model of this site.
   */
  model: string;
  engine: ServingEngine;
  /**
   * Name of a pool of this site.
   */
  pool: string;
  /**
   * Pods that serve the model, each with its own GPUs and its own copy of the weights in memory.
   */
  replicas?: number;
  /**
   * Model name of the API; the serving's name by default. Two servings with one name are a canary pair.
   */
  servedName?: string;
  /**
   * Context length in tokens.
   */
  maxModelLen?: number;
  /**
   * Most sequences at a time; the engine's own limit by default.
   */
  concurrency?: number;
  /**
   * GPUs of each replica on one node: tensor parallel times pipeline parallel; 1 by default on GPU pools.
   */
  gpus?: number;
  /**
   * Pipeline stages among the GPUs of a replica; must divide gpus. 1 by default.
   */
  pipelineParallel?: number;
  /**
   * Nodes of each replica, through LeaderWorkerSet; 1 by default.
   */
  nodes?: number;
  /**
   * Quantization method as the engine names it; what the model states by default.
   */
  quantization?: string;
  /**
   * Type of the key-value cache, as the engine names it; auto by default.
   */
  kvCacheDtype?: 'auto' | 'fp8' | 'fp8_e4m3' | 'fp8_e5m2' | 'f16' | 'q8_0' | 'q4_0';
  /**
   * Share of the GPU memory that the engine may take; the engine's default by default.
   */
  memoryFraction?: number;
  /**
   * Seconds that answers in flight get when a pod ends, from 1 to 3600; by default what the engine's contract gives them.
   */
  drainSeconds?: number;
  fit?: ServingFit;
  /**
   * LoRA adapters, each a model of this site.
   */
  adapters?: ServingAdapter[];
  /**
   * Path of a chat template (Jinja) among the model's files; the model's own by default.
   */
  chatTemplate?: string;
  /**
   * Path of a multimodal projector (GGUF, `mmproj…`) among the model's files, for llama.cpp; without one its models see no images.
   */
  projector?: string;
  /**
   * Parser of tool calls, as the engine names it; also turns automatic tool choice on.
   */
  toolCallParser?: string;
  /**
   * Parser of reasoning output, as the engine names it.
   */
  reasoningParser?: string;
  /**
   * Further arguments of the engine, from the list of those that somebody reviewed; all others are refused.
   */
  extraArgs?: string[];
  /**
   * The GGUF file to load, for llama.cpp, when the model has several.
   */
  file?: string;
}
/**
 * The engine of a serving.
 */
export interface ServingEngine {
  /**
   * Which engine; docs/engines.md says what each can do.
   */
  name: 'vllm' | 'sglang' | 'tensorrt-llm' | 'llama.cpp' | 'tgi' | 'ollama';
  /**
   * Version as the engine's image tags write it.
   */
  version: string;
  /**
   * TensorRT-LLM only: pytorch by default; engine needs version 1.2 or older.
   */
  backend?: 'pytorch' | 'engine';
  /**
   * Name under images of a derived image to run instead of the engine's own.
   */
  image?: string;
}
/**
 * What is said of the memory fit.
 */
export interface ServingFit {
  overrule: FitOverrule;
}
/**
 * Who answers for a memory fit that says no, tight or unknown; the plan shows it.
 */
export interface FitOverrule {
  /**
   * Who answers for it, in one line.
   */
  approver: string;
  /**
   * Why it will fit, in one line.
   */
  reason: string;
}
/**
 * A LoRA adapter beside the model.
 */
export interface ServingAdapter {
  /**
   * Name of the adapter in the API.
   */
  name: string;
  /**
   * Name of the model that holds the adapter.
   */
  model: string;
}
/**
 * The one door to the models; callers reach engines through it alone. Without it nobody may call the servings.
 */
export interface SiteGateway {
  /**
   * agentgateway takes JWTs and API keys; litellm API keys alone.
   */
  software: 'agentgateway' | 'litellm';
  /**
   * Release, e.g. 1.6.0.
   */
  version: string;
  /**
   * Name under images of an image to run instead of the release's own.
   */
  image?: string;
  rateLimit?: RateLimitRelease;
}
/**
 * Service that counts tokens of people with a JWT, for all pods of the gateway together; enclave.yaml says their budgets.
 */
export interface RateLimitRelease {
  /**
   * Release of envoyproxy/ratelimit, which names its images by commit, e.g. "3fb70258".
   */
  service: string;
  /**
   * Release of Valkey, which keeps the counts, e.g. 8.1.4.
   */
  valkey: string;
}
/**
 * A model name that callers write, and what answers it.
 */
export interface Workflow {
  /**
   * Model name that callers write.
   */
  name: string;
  /**
   * Who answers, by share of the calls: several are a canary.
   *
   * @minItems 1
   */
  servings: WorkflowServing[];
  /**
   * Servings that answer, in this order, while the one of `servings` fails.
   *
   * @minItems 1
   */
  failover?: Label[];
  /**
   * Interfaces that callers may use; chat by default. Every other path of an engine is shut.
   *
   * @minItems 1
   */
  paths?: ('chat' | 'responses' | 'messages' | 'embeddings')[];
  redaction?: WorkflowRedaction;
  /**
   * Whether answers may be streamed; refused where only masking would protect them.
   */
  streaming?: boolean;
}
/**
 * A serving behind a workflow.
 */
export interface WorkflowServing {
  /**
   * Name of a serving of this site.
   */
  name: string;
  /**
   * Share of the calls, relative to the others.
   */
  weight?: number;
}
/**
 * What must not reach the model, or leave it.
 */
export interface WorkflowRedaction {
  /**
   * Redaction packs by name: contact, network, payment, or a country such as de; docs/redaction.md lists them.
   *
   * @minItems 1
   */
  packs: string[];
  /**
   * Patterns of this site beside those of the packs.
   */
  patterns?: RedactionRule[];
  /**
   * What happens to a request with such a text.
   */
  requests?: 'mask' | 'reject';
  /**
   * What happens to an answer with such a text; pass leaves answers to the collector.
   */
  responses?: 'mask' | 'reject' | 'pass';
}
/**
 * A pattern of the site's own.
 */
export interface RedactionRule {
  /**
   * A DNS label of at most 41 characters: lower-case letters, digits and hyphens (RFC 1123).
   */
  name: string;
  /**
   * What it finds, in words.
   */
  finds: string;
  /**
   * Regular expression in the syntax that Rust, Go and Python share.
   */
  pattern: string;
  /**
   * Texts that it must find.
   *
   * @minItems 1
   */
  matches: string[];
  /**
   * Texts that it must leave alone.
   *
   * @minItems 1
   */
  spares: string[];
}
/**
 * What records every call: an OpenTelemetry Collector that redacts, and the store behind it.
 */
export interface SiteTraces {
  collector: TraceCollectorRelease;
  store?: TraceStoreRelease;
  /**
   * Whether prompts and completions are recorded, after redaction, or only what surrounds them.
   */
  contents?: 'redacted' | 'none';
  redaction?: Redaction;
}
/**
 * The collector of traces.
 */
export interface TraceCollectorRelease {
  /**
   * Release of the OpenTelemetry Collector's contrib distribution, e.g. 0.164.1.
   */
  version: string;
}
/**
 * Phoenix and its database. Without it the enclave names an OTLP endpoint.
 */
export interface TraceStoreRelease {
  /**
   * Release of Phoenix, e.g. 21.3.0.
   */
  phoenix: string;
  /**
   * Release of PostgreSQL, quoted: "17.7".
   */
  postgres: string;
}
/**
 * What the collector takes out of every span, beside what the workflows already redact.
 */
export interface Redaction {
  /**
   * Redaction packs by name: contact, network, payment, or a country such as de; docs/redaction.md lists them.
   *
   * @minItems 1
   */
  packs: string[];
  /**
   * Patterns of this site beside those of the packs.
   */
  patterns?: RedactionRule[];
}
/**
 * An image beside those of the platform.
 */
export interface ExtraImage {
  /**
   * Name of the image, by which engine.image and gateway.image mean it.
   */
  name: string;
  /**
   * What is pulled on the connected side: host/repository:tag or host/repository@sha256:…
   */
  reference: string;
}
/**
 * A Helm chart beside the platform.
 */
export interface ExtraChart {
  /**
   * Name of the chart in the lock; no two alike.
   */
  name: string;
  /**
   * Helm repository: https://… with an index.yaml, or oci://host/path of a registry.
   */
  repository: string;
  /**
   * Name of the chart in it.
   */
  chart: string;
  /**
   * Version as the repository writes it; no range.
   */
  version: string;
}
/**
 * A file beside the models.
 */
export interface ExtraFile {
  /**
   * Name of the file in the lock; no two alike.
   */
  name: string;
  /**
   * Where the file comes from.
   */
  url: string;
  /**
   * SHA-256 that the file must have, as 64 lower-case hexadecimal digits.
   */
  sha256: string;
}
