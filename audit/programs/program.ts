/** A program of the platform as the audit knows it: closed lists of what it may be told, and where. */
import type { Digest } from '../../core/digest';
import type { Placed } from './mounts';
import type { Reader } from './reader';

/** How an option takes its value: none, one, or all words up to the next option. */
export type Option = 'flag' | Reader | { readonly each: Reader };

export interface Program {
  /** For findings, e.g. `vllm serve`. */
  readonly name: string;
  /** What `command` may say; an empty list stands for an absent one, which leaves the image's own. */
  readonly commands: readonly (readonly string[])[];
  /** Digests of commands that hold code, over their JSON, which a person has read. */
  readonly reviewedCommands?: readonly Digest[];
  /** What the words that belong to no option may be, in order. */
  readonly words?: readonly Reader[];
  /** Option with its dashes → its value. Any other option is not known. */
  readonly options: Readonly<Record<string, Option>>;
  /** Options without which it does something else by default. */
  readonly neededOptions?: readonly string[];
  /** Variable → its value. Any other variable is not known. */
  readonly variables: Readonly<Record<string, Reader>>;
  /** Variables without which it does something else by default. */
  readonly neededVariables?: readonly string[];
  /** Variables that come from a Secret, and from nothing else. */
  readonly secrets?: readonly string[];
  /** Paths that the kubelet may ask it for. */
  readonly probePaths?: readonly string[];
  /** Commands that the kubelet may run in it. */
  readonly probeCommands?: readonly (readonly Reader[])[];
  /** Folder → what may be mounted there; a folder that ends with `/*` stands for all below it. */
  readonly mounts: Readonly<Record<string, readonly Placed[]>>;
}
