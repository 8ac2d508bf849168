/** What a redaction pattern is: one expression that every gateway and the trace collector read alike. */

/** A regular expression in the shared syntax (`shared-syntax.ts`), and what is known of it. */
export interface RedactionPattern {
  /** Stable: `<pack>-<what>`. */
  readonly name: string;
  readonly finds: string;
  /** Public document that defines the format. */
  readonly source: string;
  readonly pattern: string;
  /** What it misses and what it takes by mistake, since an expression cannot add up check digits. */
  readonly limits: string;
  /** Texts of which it matches some part. */
  readonly matches: readonly string[];
  /** Texts of which it matches nothing. */
  readonly spares: readonly string[];
}

/** Patterns that belong together: those of a country, or of a kind of data. */
export interface RedactionPack {
  readonly title: string;
  readonly patterns: readonly RedactionPattern[];
}

/** A site's own pattern, e.g. of its case numbers. */
export interface SitePattern {
  /** Lower-case words with hyphens; none of the packs'. */
  readonly name: string;
  readonly finds: string;
  readonly pattern: string;
  /** At least one. */
  readonly matches: readonly string[];
  /** At least one. */
  readonly spares: readonly string[];
}
