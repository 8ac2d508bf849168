/** The same plan as somebody without the kit would write it: no metadata of CDKTF, other order, other layout. */
import { digestOf } from '../../core/digest';
import type { ConfigurationFile } from '../../audit/plan/read-files';
import type { Json } from './changes';

/** Without comments, and the keys of each object in reverse; lists keep their order, which means something. */
function rewritten(value: Json): Json {
  if (Array.isArray(value)) return value.map(rewritten);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== '//')
      .reverse()
      .map(([key, child]) => [key, key === 'values' ? documents(child) : rewritten(child)]),
  );
}

const documents = (values: Json): Json =>
  Array.isArray(values)
    ? values.map((text) =>
        typeof text === 'string' && text.startsWith('{')
          ? JSON.stringify(rewritten(JSON.parse(text) as Json), undefined, 1)
          : rewritten(text),
      )
    : rewritten(values);

export function foreign(file: ConfigurationFile): ConfigurationFile {
  const value = rewritten(file.value as Json);
  return { ...file, value, digest: digestOf(JSON.stringify(value)) };
}
