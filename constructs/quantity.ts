/** Kubernetes quantities (documentation, "Quantity"). */

const MIB = 1024 ** 2;

/** Bytes as whole mebibytes, rounded up. */
export const mebibytes = (bytes: number): string => `${Math.ceil(bytes / MIB)}Mi`;

/** Bytes as whole gibibytes, rounded up. */
export const gibibytes = (bytes: number): string => `${Math.ceil(bytes / MIB / 1024)}Gi`;
