/** Codes of what is to be served: accelerators, engines, models, memory, gateway, redaction, telemetry. */
import type { ErrorCodeGroup } from './facts';

export const SERVING = {
  ACCELERATOR_UNKNOWN: {
    kind: 'input',
    cause: 'The catalog has no accelerator of that name.',
    fix: 'Write one of the names that the message lists.',
  },
  GPU_SHARING_INVALID: {
    kind: 'input',
    cause: 'The GPUs of a pool cannot be cut or shared in the way that is written.',
    fix: 'Write one of mig and timeSlicing, with a profile that the accelerator has.',
  },
  GPU_LACKS_FORMAT: {
    kind: 'input',
    cause: 'The GPUs of the pool do not compute in the number format that the model or its cache needs.',
    fix: 'Use a pool of newer GPUs, or other weights.',
  },
  POOL_TOO_SMALL: {
    kind: 'input',
    cause: 'The nodes of a pool have not the GPUs, or shares of them, that its servings want.',
    fix: 'Lower replicas, gpus or memoryFraction, or name more nodes in enclave.yaml.',
  },
  POOLS_CONTRADICT: {
    kind: 'input',
    cause: 'Pools differ in something that is one for the whole cluster.',
    fix: 'Write the same for all of them, or use the device plugin instead of the GPU Operator.',
  },
  CUDA_INCOMPATIBLE: {
    kind: 'input',
    cause: 'The CUDA of an image does not fit the driver or the GPUs of its pool.',
    fix: 'Upgrade the driver, or take an image of another CUDA.',
  },
  ENGINE_IMAGE_UNSUITABLE: {
    kind: 'input',
    cause: 'The engine has no image for the pool, or one that cannot run in a confined pod.',
    fix: 'Derive an image and name it as engine.image, or use another pool or engine.',
  },
  ENGINE_ARGUMENT_REFUSED: {
    kind: 'input',
    cause: 'An extra argument is one that the engine must not get, or that the serving has a field for.',
    fix: 'Remove it, or write the field that the message names.',
  },
  ENGINE_OPTION_INVALID: {
    kind: 'input',
    cause: 'A serving has an option that its engine does not take, or lacks one that it needs.',
    fix: 'Write what the message says that the engine takes.',
  },
  ENGINE_LACKS_INTERFACE: {
    kind: 'input',
    cause: 'A workflow offers an interface that the engine of its serving does not have.',
    fix: 'Offer another interface, or use another engine.',
  },
  PARALLELISM_IMPOSSIBLE: {
    kind: 'input',
    cause: 'The model cannot be divided among so many GPUs.',
    fix: 'Write a number of GPUs that the message names.',
  },
  CONTEXT_TOO_LONG: {
    kind: 'input',
    cause: 'maxModelLen is longer than the context that the model was made for.',
    fix: 'Lower maxModelLen, or take a model with a longer context.',
  },
  MODEL_FILE_MISSING: {
    kind: 'input',
    cause: 'The model has not the files that the engine loads, or that the site names.',
    fix: 'Include them in the model, or serve it with another engine.',
  },
  MODEL_FILE_AMBIGUOUS: {
    kind: 'input',
    cause: 'The model has several files, or none, where the engine loads exactly one.',
    fix: 'Name one as file of the serving, or include only one.',
  },
  WEIGHTS_WAY_UNSUPPORTED: {
    kind: 'input',
    cause: 'The pool brings weights to its pods in a way that the serving cannot use.',
    fix: 'Choose a pool with another way: fetch, cache, image or claim.',
  },
  MEMORY_DOES_NOT_FIT: {
    kind: 'check',
    cause: 'The model with its cache needs more memory than its GPUs have.',
    fix: 'Write one of the changes that the message names, or use a pool with more memory.',
  },
  MEMORY_FIT_UNKNOWN: {
    kind: 'check',
    cause: 'The memory that the model needs cannot be told from what is known of it.',
    fix: 'Try it, and overrule the check with a name and a reason.',
  },
  NETWORK_POLICY_UNENFORCED: {
    kind: 'input',
    cause: 'The network plugin of the cluster enforces no policies, or is not known.',
    fix: 'Install one that does, and write it as cluster.cni in enclave.yaml.',
  },
  EGRESS_TOO_WIDE: {
    kind: 'input',
    cause: 'A destination is too wide, leads to the nodes, or does not fit the policy that would allow it.',
    fix: 'Name the addresses that are really needed.',
  },
  GATEWAY_CANNOT_ENFORCE: {
    kind: 'input',
    cause: 'The gateway cannot enforce what the site asks of it.',
    fix: 'Change the workflow as the message says, or use the other gateway.',
  },
  BUDGET_UNCOUNTABLE: {
    kind: 'input',
    cause: 'A budget is written for a window, or a number of tokens, that nothing can count.',
    fix: 'Write a window of 1m, 1h, 1d, 7d or 30d, and fewer tokens.',
  },
  CALLER_KEY_INVALID: {
    kind: 'input',
    cause: 'The key of a caller can be guessed, or no header can carry it.',
    fix: 'Make one with `airlock gateway key`.',
  },
  GUARD_FILE_INVALID: {
    kind: 'input',
    cause: 'The configuration of the guard has faults, or does not fit the role that it is started in.',
    fix: 'Mend what the message lists; `airlock schema guard` prints the schema.',
  },
  GUARD_CANNOT_LISTEN: {
    kind: 'environment',
    cause: 'The address is not one of this machine, or another program uses the port.',
    fix: 'Name another address with --listen.',
  },
  REDACTION_INVALID: {
    kind: 'input',
    cause: 'A redaction pack or pattern does not exist, is unsafe, or does not do what its examples say.',
    fix: 'Change the pattern or its examples as the message says.',
  },
  TELEMETRY_SETTING_INVALID: {
    kind: 'input',
    cause: 'A setting of traces, metrics or their stores would lose data, silence an alert or reach nothing.',
    fix: 'Write a value of the form and size that the message states.',
  },
} as const satisfies ErrorCodeGroup;
