/** YAML that every reader takes alike. */
import { parseDocument } from 'yaml';
import { type Fault, strange } from './fault';

const NO_YAML: Fault = strange('', 'the text is not known: not plain YAML', 'write YAML without tags and anchors');

/** YAML that every version of the language reads alike. */
export function plainYaml(text: string): { readonly value: unknown } | { readonly fault: Fault } {
  const read = (version: '1.1' | '1.2') => {
    const document = parseDocument(text, { version, uniqueKeys: true, merge: false, strict: true });
    return document.errors.length + document.warnings.length > 0 || /^\s*%/m.test(text)
      ? undefined
      : (document.toJS({ maxAliasCount: 0 }) as unknown);
  };
  try {
    const [old, current] = [read('1.1'), read('1.2')];
    return current === undefined || JSON.stringify(old) !== JSON.stringify(current)
      ? { fault: NO_YAML }
      : { value: current };
  } catch {
    return { fault: NO_YAML };
  }
}
