/* Generated from guard/config/guard.schema.json by `npm run generate`; do not edit. */

/**
 * http[s]://host[:port], without a path.
 */
export type Url = string;
/**
 * An interface of the API.
 */
export type EndpointName = 'chat' | 'completions' | 'embeddings' | 'responses' | 'messages';
/**
 * Fields at the top of a request.
 *
 * @minItems 1
 */
export type FieldNames = string[];
/**
 * Lower-case letters, digits and hyphens.
 */
export type Label = string;
/**
 * Workflows that may be called.
 *
 * @minItems 1
 */
export type WorkflowNames = Label[];

/**
 * Who may call which workflows, and what calls and answers may say.
 */
export interface Guard {
  /**
   * Version of this format.
   */
  apiVersion: 'airlock/v1alpha1';
  /**
   * Always Guard: which of the files this is.
   */
  kind: 'Guard';
  upstream: GuardUpstream;
  limits?: GuardLimits;
  /**
   * Public model names, and what may be done with them.
   *
   * @minItems 1
   */
  workflows: GuardWorkflow[];
  callers: GuardCallers;
}
/**
 * Where calls go: in front, the gateway; at the back, the engines.
 */
export interface GuardUpstream {
  url: Url;
  /**
   * File with the token that is sent as Authorization: Bearer, beside this file where it is relative; none by default.
   */
  tokenFile?: string;
  /**
   * Longest silence before an answer, and between its pieces.
   */
  timeoutSeconds?: number;
}
/**
 * How large a call may be.
 */
export interface GuardLimits {
  /**
   * Bytes of a request; a longer one is refused with 413.
   */
  requestBytes?: number;
  /**
   * Bytes of an answer that is not streamed, and of an event of one that is.
   */
  answerBytes?: number;
}
/**
 * One public model name.
 */
export interface GuardWorkflow {
  /**
   * Model name that callers write, and that answers say.
   */
  name: string;
  /**
   * Model name that is sent upstream; the workflow's own by default.
   */
  model?: string;
  /**
   * http[s]://host[:port], without a path.
   */
  upstream?: string;
  /**
   * Interfaces that it offers.
   *
   * @minItems 1
   */
  endpoints: EndpointName[];
  /**
   * Whether answers may be streamed.
   */
  streaming?: boolean;
  /**
   * Whether what cannot be read passes though requests are redacted: images, audio, ids of tokens.
   */
  attachments?: boolean;
  allowFields?: GuardFieldNames;
  set?: GuardSetFields;
  redaction?: GuardRedaction;
}
/**
 * Fields that pass though no table has them; their texts are read like others.
 */
export interface GuardFieldNames {
  chat?: FieldNames;
  completions?: FieldNames;
  embeddings?: FieldNames;
  responses?: FieldNames;
  messages?: FieldNames;
}
/**
 * Fields that the site sets, by interface.
 */
export interface GuardSetFields {
  chat?: SetFields;
  completions?: SetFields;
  embeddings?: SetFields;
  responses?: SetFields;
  messages?: SetFields;
}
/**
 * Fields of every request, with their values; a caller that writes one is refused.
 */
export interface SetFields {
  /**
   * Any JSON.
   */
  [k: string]: unknown;
}
/**
 * What must not reach the model, or leave it.
 */
export interface GuardRedaction {
  /**
   * Redaction packs by name: contact, network, payment, or a country such as de; docs/redaction.md lists them.
   *
   * @minItems 1
   */
  packs: string[];
  /**
   * Patterns of this site beside those of the packs.
   */
  patterns?: GuardPattern[];
  /**
   * What the front does with a value in a request; pseudonym writes a placeholder, and gives the caller its values back.
   */
  requests?: 'mask' | 'reject' | 'pseudonym' | 'pass';
  /**
   * What front and back do with a value in an answer.
   */
  answers?: 'mask' | 'reject' | 'pass';
}
export interface GuardPattern {
  /**
   * Name of the pattern, a DNS label.
   */
  name: string;
  /**
   * What it finds, in words.
   */
  finds: string;
  /**
   * Regular expression in the syntax of docs/redaction.md.
   */
  pattern: string;
  /**
   * Texts that it must find.
   *
   * @minItems 1
   */
  matches: string[];
  /**
   * Texts that it must leave alone.
   *
   * @minItems 1
   */
  spares: string[];
}
/**
 * Who may call. At the back, the gateway alone, with a key.
 */
export interface GuardCallers {
  /**
   * API keys, by their hash alone.
   */
  keys?: GuardKey[];
  /**
   * Issuers of JWTs, with their keys.
   */
  issuers?: GuardIssuer[];
}
export interface GuardKey {
  /**
   * Who holds it.
   */
  name: string;
  /**
   * SHA-256 of the key, as `airlock gateway key` prints it.
   */
  hash: string;
  workflows: WorkflowNames;
}
export interface GuardIssuer {
  /**
   * Lower-case letters, digits and hyphens.
   */
  name: string;
  /**
   * Claim iss of its tokens.
   */
  issuer: string;
  /**
   * A token must name one of them as aud.
   *
   * @minItems 1
   */
  audiences: string[];
  /**
   * JSON Web Key Set (RFC 7517) of public keys; carry the next key beside the current one.
   */
  jwks: string;
  /**
   * Claims sub that may call; all of the issuer by default.
   *
   * @minItems 1
   */
  subjects?: string[];
  workflows: WorkflowNames;
}
