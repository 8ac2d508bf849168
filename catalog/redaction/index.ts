/** Redaction: typed sets of patterns for personal data, for gateways and the trace collector alike. */
export { redactionPatterns } from './compile';
export { REDACTION_PACKS, type RedactionPackName } from './packs';
export type { RedactionPack, RedactionPattern, SitePattern } from './pattern';
