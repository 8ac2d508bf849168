/** Arguments of Terraform's own blocks on which nothing hangs; `terraform/` refuses those that nobody knows. */
import { ANY_TEXT, type FieldTable, harmless } from './disposition';

const COMMENT = harmless(ANY_TEXT, 'a comment, which Terraform does not read');
const WAIT = harmless(ANY_TEXT, 'it decides how long Terraform waits, or what is done where it fails');
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
  'variable.*.type': harmless(ANY_TEXT, 'Terraform refuses a value of another type'),
  'output.*.description': INFORMS,
  'resource.*.*["//"].**': COMMENT,
  'resource.*.*.depends_on': ORDER,
  'resource.*.*.depends_on[]': ORDER,
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
