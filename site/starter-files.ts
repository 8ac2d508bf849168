/**
 * The two files that `airlock init` writes: commented, calm, and passing once a person has said what nobody else can. What is
 * optional stands in comments, a paragraph each, and names the others that it does not go without.
 */
import { DEFAULT_KIT_BASE_IMAGE } from '../catalog/defaults';
import { badInput } from '../core/errors';
import type { Site } from './generated/site';
import { placeholder } from './reading/placeholder';
import siteSchema from './schema/site.schema.json';

export interface StarterFiles {
  readonly 'site.yaml': string;
  readonly 'enclave.yaml': string;
}

const OWNER = placeholder('an address of who answers for it');
const DIGEST = placeholder('64 hexadecimal digits');
const REGISTRY = placeholder('the host of your registry with its port');
const REGISTRY_RANGE = placeholder('the address of your registry as a range with /32');
const IDP_RANGE = placeholder('the address of your identity provider as a range with /32');

/** What makes an editor with yaml-language-server complete and check a file: its schema, beside it. */
const editorLines = (file: 'site' | 'enclave'): string => `# yaml-language-server: $schema=${file}.schema.json
# Completion in an editor: airlock schema ${file} >${file}.schema.json
`;

const siteFile = (
  name: string,
): string => `${editorLines('site')}# What is wanted: models, engines, versions. Travels with the bundle; names no address of the enclave.
# Where it says EDIT, only you can say what belongs there; nothing takes the file before.
apiVersion: airlock/v1alpha1
kind: Site
name: ${name}
platforms: [linux/amd64]
cluster: { distribution: rke2, kubernetesVersion: "1.34" }

# The kit's own image (weight mirror, weight check) is assembled on a Node image; this is the default.
kit: { baseImage: ${DEFAULT_KIT_BASE_IMAGE} }

# Groups of like nodes. Which nodes they are stands in enclave.yaml.
pools:
  - { name: h100, accelerator: nvidia-h100-80gb, gpusPerNode: 8 }
  - { name: edge, accelerator: none }

# Weights by commit: a branch can move, so only the 40-digit commit is accepted.
models:
  - name: gpt-oss-20b
    source:
      repository: openai/gpt-oss-20b
      revision: 6cee5e81ee83917806bbde320786a8fb61efebee
      exclude: ["original/**", "metal/**"]
    license:
      expect: Apache-2.0
      reviewedBy: ${placeholder('an address of who reviewed the license')}
      reviewedOn: ${placeholder('the day of that review as YYYY-MM-DD')}

# Which engine serves which model on which pool.
servings:
  - name: chat
    model: gpt-oss-20b
    engine: { name: vllm, version: 0.27.1 }
    pool: h100
    replicas: 2
    maxModelLen: 32768

# Callers reach models by the names of workflows, through one gateway. See docs/gateway.md. Needs callers, storage.
# gateway: { software: agentgateway, version: 1.6.0 }
# workflows:
#   - { name: assistant, servings: [{ name: chat }], redaction: { packs: [contact, payment, de] } }

# Every call leaves a redacted trace. See docs/traces.md. Needs gateway.
# traces: { collector: { version: 0.161.0 }, store: { phoenix: 20.26.1, postgres: "17.7" } }

# Images beyond what the engines and the platform need by themselves.
images:
  - { name: toolbox, reference: docker.io/library/busybox:1.36 }

# Tools and anything else, by URL and expected SHA-256.
# files:
#   - { name: terraform, url: https://releases.example/terraform_1.11.4_linux_amd64.zip, sha256: ${DIGEST} }
`;

/** @param nodes names of the nodes of each pool */
const enclaveFile = (
  name: string,
  nodes: Readonly<Record<string, readonly string[]>>,
): string => `${editorLines('enclave')}# Where it runs: addresses, nodes, registry. Never leaves the enclave.
# Where it says EDIT, only you can say what belongs there; nothing takes the file before.
apiVersion: airlock/v1alpha1
kind: Enclave
site: ${name}

# Nodes pull images from here, and the weight mirror fills itself from here.
registry: ${REGISTRY}

# Who deploys, as kubectl auth whoami says it; the administrator of the distribution when absent. Nobody else may
# change network policies and namespaces of the platform.
# deployers: [system:serviceaccount:infra:terraform]

network:
  podCidrs: [10.42.0.0/16]
  serviceCidrs: [10.43.0.0/16]
  nodeCidrs: [10.20.0.0/24]
  # All that the platform may talk to outside its own namespaces, each with an owner and a reason.
  destinations:
    - { name: registry, cidr: ${REGISTRY_RANGE}, port: 5443, owner: ${OWNER}, reason: images and weights }
    - { name: idp, cidr: ${IDP_RANGE}, port: 443, owner: ${OWNER}, reason: OIDC signing keys }

# Who may call the gateway: pods that reach it, and the hash of each key, as airlock gateway key prints it. Needs gateway.
# callers:
#   workloads: [{ name: desk, namespace: desk, podLabels: { app: desk }, reason: the desk asks the assistant }]
#   keys: [{ name: desk, hash: "sha256:${DIGEST}", workflows: [assistant], budgets: [{ tokens: 2000000, window: 24h }] }]

# Where volumes come from, and who attests that they are encrypted at rest: the audit asks for it where prompts, traces or
# budgets lie.
# storage:
#   className: encrypted
#   encryption: [{ className: encrypted, owner: ${OWNER}, reason: ${placeholder('how its volumes are encrypted')} }]

# The nodes of each pool of the site.
pools:
${Object.entries(nodes)
  .map(([pool, names]) => `  ${pool}: { nodes: [${names.join(', ')}] }\n`)
  .join('')}`;

/**
 * Both files of a new site.
 *
 * @throws AirlockError (input) for a name that the schema does not allow
 */
export function starterFiles(name: string): StarterFiles {
  const { pattern, description } = siteSchema.$defs.label;
  if (!new RegExp(pattern).test(name))
    throw badInput('USAGE_INVALID_VALUE', `${JSON.stringify(name)} is no name of a site`, description);
  return {
    'site.yaml': siteFile(name),
    'enclave.yaml': enclaveFile(name, { h100: ['gpu-01', 'gpu-02'], edge: ['edge-01'] }),
  };
}

/** A first enclave.yaml for a site that is there already, such as one that came out of a bundle: a made-up node per pool. */
export const starterEnclave = ({ name, pools }: Pick<Site, 'name' | 'pools'>): string =>
  enclaveFile(name, Object.fromEntries(pools.map((pool) => [pool.name, [`${pool.name}-01`]])));
