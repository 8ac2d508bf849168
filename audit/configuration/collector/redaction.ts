/** The Collector's processors, each by itself. */
import { tracePatterns } from '../promises';
import type { Program } from '../program';
import type { Reader } from '../fault';
import { strange } from '../fault';
import { duration, elsewhere, exactly, listOf, object, oneOf, record, textsOf, whole } from '../readers';

const CONTEXTS = ['resource', 'scope', 'span', 'spanevent'];

const LIMITER = record({
  check_interval: duration(0.1, 60),
  limit_mib: whole(1, 2 ** 20),
  spike_limit_mib: whole(1, 2 ** 20),
});

const TRANSFORM = record({
  error_mode: oneOf(['propagate', 'ignore'], 'nobody knows what happens to a span that fails'),
  trace_statements: listOf(
    record({ context: oneOf(CONTEXTS, 'nobody knows what this reads'), statements: listOf(elsewhere) }),
  ),
});

/** `ignored_keys` and their like would exempt some; `debug` would add names of what was masked. */
const redaction = ({ context }: Program): Reader =>
  object({
    needed: {
      allow_all_keys: exactly(true, 'attributes that traces promise are dropped'),
      redact_all_types: exactly(true, 'structured values go past the redaction'),
      blocked_values: textsOf(
        tracePatterns(context.site).map(({ pattern }) => pattern),
        'other personal data is masked than the site says',
      ),
    },
    optional: { summary: oneOf(['info', 'silent'], 'it would write down where personal data was') },
  });

/** Type of a component: `transform` of `transform/drop`. */
export const typeOf = (name: string): string => name.split('/')[0] ?? '';

export const processorReader =
  (program: Program, name: string): Reader =>
  (value, pointer) => {
    switch (typeOf(name)) {
      case 'memory_limiter':
        return LIMITER(value, pointer);
      case 'transform':
        return TRANSFORM(value, pointer);
      case 'redaction':
        return redaction(program)(value, pointer);
      default:
        return [strange(pointer, 'nobody knows what this processor does', 'remove it')];
    }
  };
