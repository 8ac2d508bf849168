/** What a pod runs, by digest: images of its containers, images that are volumes, and weights that it pulls. */
import type { Container, PodSpec } from 'kubernetes-types/core/v1';

export interface Content {
  /** Container or volume of the pod, e.g. `engine`; with the model's name where it pulls one: `weights gpt-oss-20b`. */
  readonly part: string;
  /** `sha256:…`; undefined where an image is named by a tag. */
  readonly digest: string | undefined;
  /** Pulled by the kubelet, so that its status tells what really came. */
  readonly isImage: boolean;
}

/** At the end of an image reference, and of what `airlock weights fetch` and `airlock mirror` take. */
const DIGEST = /@(sha256:[0-9a-f]{64})$/;
const PINNED = /^([^@\s]+)@(sha256:[0-9a-f]{64})$/;

export const digestIn = (reference: string): string | undefined => DIGEST.exec(reference)?.[1];

const pulled = ({ name, args = [], command = [] }: Container): Content[] =>
  [...command, ...args].flatMap((argument) => {
    const [, content = '', digest] = PINNED.exec(argument) ?? [];
    return digest === undefined ? [] : [{ part: `${name} ${content}`, digest, isImage: false }];
  });

/** Everything that a pod's specification names, in its order. */
export function contentsOf({ initContainers = [], containers, volumes = [] }: PodSpec): Content[] {
  const all = [...initContainers, ...containers];
  return [
    ...all.map(({ name, image = '' }) => ({ part: name, digest: digestIn(image), isImage: true })),
    ...all.flatMap(pulled),
    // Image volumes (Kubernetes 1.31); the kubelet does not report them as pulled.
    ...volumes.flatMap((volume) => {
      const { image } = volume as { readonly image?: { readonly reference?: string } };
      return image === undefined
        ? []
        : [{ part: `volume ${volume.name}`, digest: digestIn(image.reference ?? ''), isImage: false }];
    }),
  ];
}
