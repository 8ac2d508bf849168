/** Terraform providers that the synthesized stacks require; the versions are those of the pinned bindings. */
export interface TerraformProvider {
  /** host/namespace/type, as Terraform writes it in lock files. */
  readonly source: string;
  readonly version: string;
}

/** @cdktf/provider-kubernetes 12.1.1 and @cdktf/provider-helm 12.1.2, their package.json "cdktf.provider". */
export const TERRAFORM_PROVIDERS: readonly TerraformProvider[] = [
  { source: 'registry.terraform.io/hashicorp/helm', version: '3.1.1' },
  { source: 'registry.terraform.io/hashicorp/kubernetes', version: '2.38.0' },
];
