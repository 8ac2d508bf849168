/** What a reader of a configuration finds in it. */

import type { Lack } from '../kubernetes/object';

/** A value that breaks a promise, or of which nobody knows what it does. */
export interface Fault {
  /** JSON Pointer inside the document; empty for all of it. */
  readonly pointer: string;
  readonly message: string;
  /** What to write instead. */
  readonly fix: string;
  readonly value?: string;
  /** Nobody knows what it does, in place of: it breaks a promise. */
  readonly unknown?: true;
  /** What was not found: where that cannot be read, nothing is broken yet. */
  readonly lacks?: Lack;
}

/** Reads a value at a place of a document. */
export type Reader = (value: unknown, pointer: string) => readonly Fault[];

const LONGEST = 120;

/** A value as a finding shows it. */
export function shownValue(value: unknown): string {
  const text = typeof value === 'string' ? value : value === undefined ? 'absent' : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** It breaks a promise. */
export const broken = (pointer: string, message: string, fix: string, value?: unknown): Fault => ({
  ...{ pointer, message, fix },
  ...(value === undefined ? {} : { value: shownValue(value) }),
});

/** Nobody knows what it does. */
export const strange = (pointer: string, message: string, fix: string, value?: unknown): Fault => ({
  ...broken(pointer, message, fix, value),
  unknown: true,
});
