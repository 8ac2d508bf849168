/**
 * What the verdicts about a plan take for granted of the cluster, of whoever deploys, and of the programs: each a sentence.
 * docs/audit.md has the same ones.
 */
export const ASSUMPTIONS: readonly string[] = [
  'The network plugin enforces NetworkPolicy; only TCP, UDP and SCTP are policed by it.',
  'No policy objects of a higher tier exist but those of the plan.',
  'The kubeconfig file and the variables of the deployer lead to that one cluster, and the environment of Terraform (KUBE_*, HELM_*, TF_*) changes nothing of what the plan says.',
  'Nobody changes objects past Terraform but what admission lets pass, and nobody but the deployers may delete admission policies.',
  'Pod Security admission is on, without exemptions for these namespaces.',
  'Nodes and control plane are confined by the site’s firewall.',
  'Relays (DNS forwarding, webhooks) are not followed: AIR-NET-1 and AIR-NET-2 speak of what policies open directly, AIR-NET-3 of Services.',
  'Images are what the lists of the kit know of their versions: an image that the site puts in place of an engine’s own is taken to do the same.',
  'What a program does with a value of a known form, such as the name of a parser, is that program’s; what stands in configuration files is not what AIR-RUN-1 reads.',
];
