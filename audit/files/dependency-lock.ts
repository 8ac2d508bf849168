/**
 * Terraform's dependency lock file (developer.hashicorp.com/terraform/language/files/dependency-lock), in the one form
 * in which Terraform, OpenTofu and the kit write it. Whatever has another form is not read, and so proves nothing.
 */

export interface DependencyLockEntry {
  /** host/namespace/type. */
  readonly source: string;
  readonly version: string;
  /** `h1:…` and `zh:…`; a package must have one of them. */
  readonly hashes: readonly string[];
}

const QUOTED = '"([A-Za-z0-9+/=:._ ,<>~!-]*)"';
const LINE = {
  blank: /^\s*(?:#.*)?$/,
  open: new RegExp(`^provider ${QUOTED} \\{$`),
  version: new RegExp(`^  version +=  *${QUOTED}$`),
  constraints: new RegExp(`^  constraints +=  *${QUOTED}$`),
  hashes: /^ {2}hashes += +\[$/,
  hash: new RegExp(`^    ${QUOTED},$`),
  closeHashes: /^ {2}\]$/,
  close: /^\}$/,
} as const;

/** @throws SyntaxError with the number of the first line that is none of the form */
export function parseDependencyLock(text: string): readonly DependencyLockEntry[] {
  const entries: DependencyLockEntry[] = [];
  let current: { source: string; version?: string; hashes?: string[] } | undefined;
  let inHashes = false;
  const lines = text.replace(/\n$/, '').split('\n');
  lines.forEach((line, at) => {
    const refuse = (): never => {
      throw new SyntaxError(`line ${String(at + 1)} is none of a dependency lock file`);
    };
    if (LINE.blank.test(line)) return;
    const [open, version, hash] = [LINE.open, LINE.version, LINE.hash].map((form) => form.exec(line)?.[1]);
    if (current === undefined) {
      if (open === undefined || entries.some(({ source }) => source === open)) return refuse();
      current = { source: open };
    } else if (inHashes) {
      if (hash !== undefined) current.hashes?.push(hash);
      else if (LINE.closeHashes.test(line)) inHashes = false;
      else return refuse();
    } else if (version !== undefined && current.version === undefined) current.version = version;
    else if (LINE.hashes.test(line) && current.hashes === undefined) {
      current.hashes = [];
      inHashes = true;
    } else if (LINE.close.test(line)) {
      const { source } = current;
      entries.push({ source, version: current.version ?? '', hashes: current.hashes ?? [] });
      current = undefined;
    } else if (!LINE.constraints.test(line)) return refuse();
  });
  if (current !== undefined) throw new SyntaxError('the last block is not closed');
  return entries;
}
