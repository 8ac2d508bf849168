/** Sites that somebody got wrong, each as what was changed in examples/datacenter, and what the one error must say. */

/** Places as errors write them, e.g. `servings[0].pool`, and what somebody wrote there; undefined where it was removed. */
export type Change = Readonly<Record<string, unknown>>;

export interface WrongSite {
  /** What somebody did. */
  readonly what: string;
  readonly site?: Change;
  readonly enclave?: Change;
  /** What the error says: the field or the thing, and the value. */
  readonly says: RegExp;
  /** How to mend it. */
  readonly fix: RegExp;
  /** Whether the lock was made before the change. */
  readonly staleLock?: boolean;
}

export const WRONG_IN_LOADING: readonly WrongSite[] = [
  {
    what: 'a pool that does not exist',
    site: { 'servings[0].pool': 'h10' },
    says: /servings\[0\]\.pool: there is no pool "h10"/,
    fix: /did you mean "h100"/,
  },
  {
    what: 'a model that does not exist',
    site: { 'servings[0].model': 'llama' },
    says: /servings\[0\]\.model: there is no model "llama"/,
    fix: /models of this site: gpt-oss-120b/,
  },
  {
    what: 'two servings of one name',
    site: { 'servings[2].name': 'archive', 'workflows[2].servings': [{ name: 'archive' }] },
    says: /servings\[3\]\.name: "archive" is already the name of servings\[2\]/,
    fix: /a name of its own/,
  },
  {
    what: 'two images of one name',
    site: { 'images[1]': { name: 'tgi-nonroot', reference: 'docker.io/library/busybox:1.36' } },
    says: /images\[1\]\.name: "tgi-nonroot" is already/,
    fix: /a name of its own/,
  },
  {
    what: 'a derived image that is not listed',
    site: { 'servings[3].engine.image': 'tgi-rootless' },
    says: /servings\[3\]\.engine\.image: there is no image "tgi-rootless"/,
    fix: /tgi-nonroot/,
  },
  {
    what: 'a branch in place of a commit',
    site: { 'models[0].source.revision': 'main' },
    says: /models\[0\]\.source\.revision: string "main" does not match/,
    fix: /40 lower-case hexadecimal digits; a branch or tag can move/,
  },
  {
    what: 'a field that is misspelled',
    site: { 'servings[0].replica': 2 },
    says: /servings\[0\].*"replica"/,
    fix: /did you mean "replicas"/,
  },
  {
    what: 'a distribution that the kit does not know',
    site: { 'cluster.distribution': 'eks' },
    says: /cluster\.distribution.*"eks"/,
    fix: /rke2.*openshift/,
  },
  {
    what: 'a version of Kubernetes without quotes',
    site: { 'cluster.kubernetesVersion': 1.34 },
    says: /cluster\.kubernetesVersion.*1\.34/,
    fix: /quoted/,
  },
  {
    what: 'an accelerator that the kit does not know',
    site: { 'pools[0].accelerator': 'nvidia-h100' },
    says: /pools\[0\]\.accelerator.*"nvidia-h100"/,
    fix: /nvidia-h100-80gb/,
  },
  {
    what: 'a name that is no DNS label',
    site: { 'pools[3].name': 'CPU_pool' },
    says: /pools\[3\]\.name: string "CPU_pool"/,
    fix: /lower-case letters, digits and hyphens/,
  },
  {
    what: 'a platform that the site does not carry',
    site: { 'pools[3].platform': 'linux/arm64' },
    says: /pools\[3\]\.platform: linux\/arm64 is not a platform of this site/,
    fix: /platforms: linux\/amd64/,
  },
  {
    what: 'GPUs of a pool that has none',
    site: { 'pools[3].gpusPerNode': 4 },
    says: /pools\[3\]\.gpusPerNode: a pool without accelerator has no GPUs/,
    fix: /remove gpusPerNode/,
  },
  {
    what: 'a MIG profile that the GPU lacks',
    site: { 'pools[1].sharing.mig': '3g.71gb' },
    says: /pools\[1\]\.sharing: MIG profile "3g\.71gb" does not exist/,
    fix: /3g\.40gb/,
  },
  {
    what: 'GPUs that are cut and shared in turns',
    site: { 'pools[1].sharing.timeSlicing': 2 },
    says: /pools\[1\]\.sharing/,
    fix: /one of mig and timeSlicing/,
  },
  {
    what: 'a review on a day that does not exist',
    site: { 'models[0].license.reviewedOn': '2026-13-40' },
    says: /models\[0\]\.license\.reviewedOn.*2026-13-40/,
    fix: /YYYY-MM-DD/,
  },
];
export const WRONG_ENCLAVES: readonly WrongSite[] = [
  {
    what: 'pods and Services on overlapping ranges',
    enclave: { 'network.serviceCidrs[0]': '10.42.128.0/20' },
    says: /network\.serviceCidrs\[0\].*10\.42\.128\.0\/20.*10\.42\.0\.0\/16/,
    fix: /./,
  },
  {
    what: 'a destination that is the whole internet',
    enclave: { 'network.destinations[0].cidr': '0.0.0.0/0' },
    says: /network\.destinations\[0\]\.cidr.*0\.0\.0\.0\/0/,
    fix: /./,
  },
  {
    what: 'a registry that nothing may reach',
    enclave: { 'network.destinations[1].name': 'somewhere' },
    says: /destination.*"registry"/,
    fix: /network\.destinations/,
  },
  { what: 'the enclave of another site', enclave: { site: 'other' }, says: /enclave.*"other".*"datacenter"/, fix: /./ },
  {
    what: 'a pool without nodes',
    enclave: { 'pools.slices': undefined },
    says: /the enclave names no nodes for: slices/,
    fix: /./,
  },
  {
    what: 'a node in two pools',
    enclave: { 'pools.slices.nodes[1]': 'gpu-01' },
    says: /pools\.slices\.nodes\[1\]: node "gpu-01" is already in pool "h100"/,
    fix: /./,
  },
  {
    what: 'a network plugin that enforces nothing',
    site: { 'cluster.cni': 'flannel' },
    says: /flannel does not enforce NetworkPolicy/,
    fix: /cluster\.cni: antrea, calico/,
  },
  {
    what: 'a resolver at the address of a cloud’s metadata',
    enclave: { 'network.nodeLocalDns': ['169.254.169.254'] },
    says: /nodeLocalDns.*169\.254\.169\.254/,
    fix: /./,
  },
  {
    what: 'a cluster too old for admission policies',
    site: { 'cluster.kubernetesVersion': '1.29' },
    says: /Kubernetes 1\.29 has no admission policies/,
    fix: /1\.30 or later.*cluster\.kubernetesVersion/,
  },
];
export const WRONG_SERVINGS: readonly WrongSite[] = [
  {
    what: 'the GPU Operator where nobody says what it may reach',
    site: { gpu: { operator: { version: '26.7.0' } } },
    says: /the GPU Operator asks the API servers, and the enclave does not say where they are/,
    fix: /add network\.apiServers/,
  },
  {
    what: 'the GPU Operator with no place for its chart',
    site: { gpu: { operator: { version: '26.7.0' } } },
    enclave: { 'network.apiServers': { cidrs: ['10.20.0.11/32'] } },
    says: /does not say where the chart gpu-operator lies/,
    fix: /airlock charts fetch/,
  },
  {
    what: 'a site that changed after its lock',
    site: { 'models[0].source.revision': 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' },
    says: /the lock does not fit the site: .*gpt-oss-120b/,
    fix: /airlock lock/,
    staleLock: true,
  },
  {
    what: 'tensor parallel that does not divide the heads',
    site: { 'servings[1].gpus': 3 },
    says: /serving "reviewer": 3 GPUs cannot divide the 64 attention heads/,
    fix: /gpus: 1, 2, 4, 8/,
  },
  {
    what: 'tensor parallel on MIG slices',
    site: { 'servings[4].gpus': 2 },
    says: /serving "assistant" wants 2 MIG slices 3g\.40gb .* pool "slices", and a pod can use one alone/,
    fix: /gpus: 1, or use a pool of whole GPUs/,
  },
  {
    what: 'more GPUs than a node has',
    site: { 'servings[1].gpus': 16 },
    says: /serving "reviewer" wants 16 GPUs .* nodes of pool "h100" have 8/,
    fix: /gpus: 8 or less/,
  },
  {
    what: 'more replicas than there is room for',
    site: { 'servings[6].replicas': 40 },
    says: /serving "desk" wants 40 replicas .* pool "shared" has room for 16/,
    fix: /replicas: 16 or less/,
  },
  {
    what: 'servings that do not fit their pool together',
    site: { 'servings[0].replicas': 12 },
    says: /pool "h100" has 16 GPUs; its servings want 19: analyst 12 × 1, reviewer 2 × 2/,
    fix: /lower replicas or gpus, or name more nodes/,
  },
  {
    what: 'a context longer than the model was made for',
    site: { 'servings[1].maxModelLen': 65536 },
    says: /serving "reviewer": maxModelLen 65536 is longer than the 40960 tokens/,
    fix: /write maxModelLen: 40960 or less/,
  },
  {
    what: 'a context longer than the model was made for, on CPUs',
    site: { 'servings[7].maxModelLen': 65536 },
    says: /serving "night-batch": maxModelLen 65536 is longer than the 32768 tokens/,
    fix: /write maxModelLen: 32768 or less/,
  },
  {
    what: 'a model larger than its GPU',
    site: { 'servings[1].gpus': 1, 'servings[1].maxModelLen': 40960 },
    says: /serving "reviewer" does not fit pool "h100": weights 61\.02 GiB .* = 72\.22 GiB of 79\.25 GiB × 0\.88/,
    fix: /maxModelLen: \d+, or gpus: 2/,
  },
  {
    what: 'a flag that would run foreign code',
    site: { 'servings[0].extraArgs': ['--trust-remote-code'] },
    says: /serving "analyst".*--trust-remote-code/,
    fix: /./,
  },
  {
    what: 'a flag that a field stands for',
    site: { 'servings[0].extraArgs': ['--max-model-len=4096'] },
    says: /serving "analyst".*--max-model-len/,
    fix: /maxModelLen/,
  },
  {
    what: 'a flag that the contract sets',
    site: { 'servings[0].extraArgs': ['--port', '9000'] },
    says: /serving "analyst".*--port/,
    fix: /./,
  },
  {
    what: 'an image volume on a Kubernetes that has none',
    site: { 'cluster.kubernetesVersion': '1.32', 'pools[0].weights': 'image' },
    enclave: { 'pools.h100.containerd': '2.2' },
    says: /image.*1\.32/,
    fix: /1\.35/,
  },
  {
    what: 'a GGUF model on vLLM',
    site: { 'servings[0].model': 'qwen2-7b' },
    says: /serving "analyst": vllm loads safetensors, and the locked model has none/,
    fix: /llama\.cpp or ollama/,
  },
  {
    what: 'safetensors on llama.cpp',
    site: { 'servings[7].model': 'qwen3-8b' },
    says: /serving "night-batch": its engine loads GGUF, and the locked model has none/,
    fix: /vllm or sglang/,
  },
  {
    what: 'a TGI that cannot run as non-root',
    site: { 'servings[3].engine.image': undefined },
    says: /serving "archive": the image of tgi 3\.3\.7 runs as root only, and no pod here may/,
    fix: /engine\.image|images/,
  },
  {
    what: 'a TensorRT engine on a release that builds none',
    site: { 'servings[2].engine.version': '1.3.0', 'servings[2].engine.backend': 'engine' },
    says: /serving "drafter".*1\.3\.0/,
    fix: /pytorch/,
  },
  {
    what: 'a backend on an engine that has one alone',
    site: { 'servings[0].engine.backend': 'engine' },
    says: /serving "analyst": vllm has no backend/,
    fix: /remove backend/,
  },
  {
    what: 'pipeline stages that do not divide the GPUs',
    site: { 'servings[1].gpus': 4, 'servings[1].pipelineParallel': 3 },
    says: /serving "reviewer": pipelineParallel 3 does not divide gpus 4/,
    fix: /a multiple of pipelineParallel/,
  },
  {
    what: 'an FP8 cache on Ampere, with an engine that does not do without',
    site: {
      'pools[0].accelerator': 'nvidia-a100-80gb',
      'servings[0].engine.name': 'sglang',
      'servings[0].kvCacheDtype': 'fp8_e5m2',
    },
    says: /serving "analyst": kvCacheDtype fp8_e5m2 needs FP8, which compute capability 8\.0 of pool "h100" lacks/,
    fix: /Ada, Hopper/,
  },
  {
    what: 'a type of cache that the engine does not know',
    site: { 'servings[0].kvCacheDtype': 'q8_0' },
    says: /serving "analyst": vllm has no kvCacheDtype "q8_0"/,
    fix: /fp8, fp8_e4m3/,
  },
  {
    what: 'adapters on an engine without them',
    site: { 'servings[6].adapters': [{ name: 'legal', model: 'qwen3-8b' }] },
    says: /serving "desk": ollama has no adapters/,
    fix: /remove adapters/,
  },
  {
    what: 'a chat template that the model does not have',
    site: { 'servings[0].chatTemplate': 'chat.jinja' },
    says: /serving "analyst": chatTemplate "chat\.jinja" is no file of the locked model/,
    fix: /include it in the model/,
  },
  {
    what: 'a driver too old for the image',
    site: { 'pools[0].driverVersion': '535.183.01', 'servings[0].engine.version': '0.27.1-cu130' },
    says: /serving "analyst".*CUDA 13\.0/,
    fix: /./,
  },
  {
    what: 'an engine that would take the whole of a shared GPU',
    site: { 'servings[2].pool': 'shared' },
    says: /serving "drafter" takes its engine's default share .* 4 pods of pool "shared" share/,
    fix: /memoryFraction: 0\.25 or less/,
  },
  {
    what: 'a reasoning parser on an engine without one',
    site: { 'servings[3].reasoningParser': 'qwen3' },
    says: /serving "archive": tgi has no reasoningParser/,
    fix: /remove reasoningParser/,
  },
];

/** What callers see, and who they are. */
export const WRONG_GATEWAYS: readonly WrongSite[] = [
  {
    what: 'a workflow whose serving does not exist',
    site: { 'workflows[0].servings[0].name': 'assistent' },
    says: /workflows\[0\]\.servings\[0\]\.name: there is no serving "assistent"/,
    fix: /did you mean "assistant"/,
  },
  {
    what: 'a workflow in which nobody answers',
    site: { 'workflows[3].servings[0].weight': 0 },
    says: /workflows\[3\]\.servings: every weight is 0/,
    fix: /give one serving a weight/,
  },
  {
    what: 'a redaction pack that does not exist',
    site: { 'workflows[3].redaction.packs': ['dee'] },
    says: /workflows\[3\]\.redaction: redaction pack "dee" does not exist/,
    fix: /packs: /,
  },
  {
    what: 'workflows without a gateway',
    site: { gateway: undefined, traces: undefined },
    says: /workflows without a gateway/,
    fix: /gateway: \{ software/,
  },
  {
    what: 'a gateway with a known hole',
    site: { 'gateway.version': '1.4.1' },
    says: /gateway\.version: agentgateway 1\.4\.1 is older than 1\.5\.0: .*iss or aud/,
    fix: /1\.5\.0 or newer/,
  },
  {
    what: 'tokens with LiteLLM',
    site: { 'gateway.software': 'litellm', 'gateway.version': '1.106.0', 'gateway.rateLimit': undefined },
    enclave: {
      'callers.issuers[0].budgets': undefined,
      ...{ 'gateway.replicas': undefined, 'gateway.database': undefined },
    },
    says: /issuer "keycloak" needs JWTs, which LiteLLM checks in its paid build alone/,
    fix: /agentgateway/,
  },
  {
    what: 'a LiteLLM with a known hole',
    site: { 'gateway.software': 'litellm', 'gateway.version': '1.83.9', 'gateway.rateLimit': undefined },
    says: /litellm 1\.83\.9 is older than 1\.84\.0: .*CVE-2026-49468/,
    fix: /1\.84\.0 or newer/,
  },
  {
    what: 'shares and failover in one workflow',
    site: { 'workflows[0].failover': ['analyst'] },
    says: /workflow "assistant" has shares and failover/,
    fix: /one serving/,
  },
  {
    what: 'a stream that only masking protects',
    site: { 'workflows[1].redaction.responses': 'mask' },
    says: /workflow "analysis" streams answers that only masking protects/,
    fix: /streaming: false, or responses: reject/,
  },
  {
    what: 'a stream through shares with a guard on answers',
    site: { 'workflows[0].streaming': true },
    says: /workflow "assistant" streams through shares/,
    fix: /streaming: false/,
  },
  {
    what: 'embeddings that nobody would redact',
    // Ollama embeds with every model.
    site: { 'workflows[3].paths': ['chat', 'embeddings'] },
    says: /workflow "desk" redacts, and agentgateway's guards do not read embeddings/,
    fix: /a workflow of its own/,
  },
  {
    what: 'embeddings of an engine that was not started for them',
    site: { 'workflows[4].paths': ['chat', 'embeddings'] },
    says: /workflow "batch" offers embeddings, which llama\.cpp of serving "night-batch" does not serve: .* without --embeddings/,
    fix: /extraArgs: \[--embeddings\] in a serving of its own/,
  },
  {
    what: 'chat of an engine that was started for embeddings',
    site: { 'servings[7].extraArgs': ['--embeddings'] },
    says: /workflow "batch" offers chat, which llama\.cpp of serving "night-batch" does not serve: llama\.cpp embeds/,
    fix: /leave that away/,
  },
  {
    what: 'an interface that the engine does not serve',
    site: { 'workflows[2].paths': ['responses'] },
    says: /workflow "drafts" offers responses, which tgi of serving "archive" does not serve/,
    fix: /remove it from paths/,
  },
  {
    what: 'a key for a workflow that does not exist',
    enclave: { 'callers.keys[0].workflows': ['analyses'] },
    says: /callers\.keys "claims" may use workflow "analyses"/,
    fix: /did you mean "analysis"/,
  },
  {
    what: 'two callers with one key',
    enclave: { 'callers.keys[1].hash': 'sha256:' + '0'.repeat(64), 'callers.keys[0].hash': 'sha256:' + '0'.repeat(64) },
    says: /callers\.keys\[1\]\.hash: key "claims" has the same hash/,
    fix: /airlock gateway key/,
  },
  {
    what: 'a service that counts tokens of people, with LiteLLM',
    site: { 'gateway.software': 'litellm', 'gateway.version': '1.106.0' },
    says: /gateway\.rateLimit: LiteLLM’s open build takes no tokens of people/,
    fix: /software: agentgateway/,
  },
  {
    what: 'budgets of people that nobody counts',
    site: { 'gateway.rateLimit': undefined },
    says: /callers\.issuers "keycloak" has budgets, and the site no service that counts them/,
    fix: /gateway\.rateLimit/,
  },
  {
    what: 'a window that the rate-limit service does not know',
    enclave: { 'callers.issuers[0].budgets[0].window': '12h' },
    says: /callers\.issuers\[0\]\.budgets\[0\]\.window: .* windows of 12h/,
    fix: /1m, 1h, 1d, 7d or 30d/,
  },
  {
    what: 'a budget beyond what the rate-limit service counts',
    enclave: { 'callers.issuers[0].budgets[0].tokens': 5_000_000_000 },
    says: /callers\.issuers\[0\]\.budgets\[0\]\.tokens: the rate-limit service counts to 4294967295/,
    fix: /fewer tokens/,
  },
  {
    what: 'one window twice, in two words',
    enclave: {
      'callers.issuers[0].budgets': [
        { tokens: 1, window: '1d' },
        { tokens: 2, window: '24h' },
      ],
    },
    says: /callers\.issuers\[0\]\.budgets\[1\]\.window: this window stands twice/,
    fix: /smaller/,
  },
  {
    what: 'a private key among those of an issuer',
    enclave: {
      'callers.issuers[0].jwks': '{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"AA","y":"AA","d":"AA"}]}',
    },
    says: /callers\.issuers\[0\]\.jwks: a key of it is private/,
    fix: /public keys/,
  },
  {
    what: 'keys of an issuer without a name',
    enclave: { 'callers.issuers[0].jwks': '{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}' },
    says: /callers\.issuers\[0\]\.jwks: a key of it has no kid/,
    fix: /kid/,
  },
  {
    what: 'several gateways that would each count alone',
    enclave: { 'gateway.database': undefined },
    says: /3 replicas of the gateway would each count budgets alone/,
    fix: /gateway\.database/,
  },
  {
    what: 'a gateway that nobody may call',
    enclave: { 'callers.keys': undefined, 'callers.issuers': undefined },
    says: /names nobody who may call it/,
    fix: /airlock gateway key/,
  },
];
