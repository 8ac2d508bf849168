/** Arguments of Terraform's own blocks on which nothing hangs; `terraform/` refuses those that nobody knows. */
import {
  ANY_TEXT,
  type Disposition,
  type FieldTable,
  FLAG,
  harmless,
  judged,
  judgedAs,
  NAME,
  orElse,
} from './disposition';

const COMMENT = harmless(ANY_TEXT, 'a comment, which Terraform does not read');
const WAIT = harmless(ANY_TEXT, 'it decides how long Terraform waits, or what is done where it fails');
const UPGRADE = harmless(
  ANY_TEXT,
  'it decides how Helm makes what is there into what the plan says; a hook of Helm and what a chart keeps for itself are not in it',
);
const LIFECYCLE = orElse(
  judged('AIR-PLAN-1', 'AIR-DATA-2'),
  'what may be destroyed can be fetched or made again; AIR-DATA-2 asks of the rest',
);
const ONE = orElse(judged('AIR-PLAN-1'), 'one, as without it; any other number is not read');
const INFORMS = harmless(ANY_TEXT, 'it tells people what a value is for');
const ORDER = harmless(
  ANY_TEXT,
  'AIR-ORD-1 asks for every order that keeps a pod confined; more of it only waits, and Terraform refuses what does not exist',
);

/** Of a configuration, from its root. */
export const TERRAFORM_FIELDS: FieldTable = {
  '//.**': COMMENT,
  'terraform.required_version': harmless(ANY_TEXT, 'Terraform stops where it is another version'),
  'variable.*.description': INFORMS,
  'variable.*.sensitive': harmless(FLAG, 'Terraform shows the value or not'),
  'variable.*.ephemeral': harmless(FLAG, 'Terraform keeps the value in its state or not'),
  'variable.*.nullable': harmless(FLAG, 'Terraform refuses a missing value, or takes it as none'),
  'variable.*.type': harmless(ANY_TEXT, 'Terraform refuses a value of another type'),
  ...Object.fromEntries(
    ['*', 'helm_release'].flatMap((type): [string, Disposition][] => [
      [`resource.${type}.*["//"].**`, COMMENT],
      [`resource.${type}.*.depends_on`, ORDER],
      [`resource.${type}.*.depends_on[]`, ORDER],
      [`resource.${type}.*.count`, ONE],
      [`resource.${type}.*.timeouts.*`, WAIT],
      [`resource.${type}.*.lifecycle.**`, LIFECYCLE],
    ]),
  ),
  'resource.helm_release.*.name': orElse(
    judgedAs(NAME, 'AIR-PLAN-1'),
    'it names the release, whose objects are read one by one',
  ),
  ...Object.fromEntries(
    ['create_namespace', 'dependency_update', 'devel', 'pass_credentials', 'reuse_values', 'verify'].map((name) => [
      `resource.helm_release.*.${name}`,
      orElse(judgedAs(FLAG, 'AIR-PLAN-1'), 'absent, it is false'),
    ]),
  ),
  ...Object.fromEntries(
    [
      'disable_crd_hooks',
      'disable_webhooks',
      'force_update',
      'recreate_pods',
      'render_subchart_notes',
      'replace',
      'reset_values',
      'take_ownership',
      'upgrade_install',
    ].map((name) => [`resource.helm_release.*.${name}`, UPGRADE]),
  ),
  'terraform.backend.**': orElse(judged('AIR-PLAN-3'), 'it is where the enclave keeps its state'),
  'terraform.required_providers.*.source': orElse(
    judged('AIR-LOCK-2'),
    'absent, Terraform takes that of HashiCorp, which the lock has',
  ),
  'variable.*.default': orElse(judged('AIR-PLAN-3'), 'null, which is the same as none'),
  'provider.**': orElse(judged('AIR-PLAN-3'), 'no resource of the stack uses the provider'),
  'output.**': orElse(judged('AIR-PLAN-1'), 'it says nothing to anybody'),
  ...Object.fromEntries(
    [
      'atomic',
      'cleanup_on_fail',
      'description',
      'disable_openapi_validation',
      'lint',
      'max_history',
      'skip_crds',
      'timeout',
      'wait',
      'wait_for_jobs',
    ].map((name) => [`resource.helm_release.*.${name}`, WAIT]),
  ),
};
