/**
 * Arguments that a site may add to text-generation-launcher: what decides how much and how fast it computes
 * (huggingface/text-generation-inference docs/source/reference/launcher.md, 3.0 to 3.3). Nothing that names a path, another
 * server or an origin.
 */
import { type ArgumentForms, COUNT, COUNTS, NUMBER, oneOf, switches } from './argument-form';

export const TGI_ARGUMENTS: ArgumentForms = {
  '--dtype': oneOf('float16', 'bfloat16'),
  '--speculate': COUNT,
  '--validation-workers': COUNT,
  '--max-best-of': COUNT,
  '--max-stop-sequences': COUNT,
  '--max-top-n-tokens': COUNT,
  '--waiting-served-ratio': NUMBER,
  '--max-batch-prefill-tokens': COUNT,
  '--max-batch-total-tokens': COUNT,
  '--max-waiting-tokens': COUNT,
  '--max-batch-size': COUNT,
  '--max-client-batch-size': COUNT,
  '--payload-limit': COUNT,
  '--cuda-graphs': COUNTS,
  '--rope-scaling': oneOf('linear', 'dynamic'),
  '--rope-factor': NUMBER,
  ...switches('--disable-custom-kernels', '--disable-grammar-support', '--enable-prefill-logprobs'),
};
