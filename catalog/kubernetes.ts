/** Releases of Kubernetes that the kit runs on. */

/** Minor version in which ValidatingAdmissionPolicy became part of every cluster (kubernetes.io, KEP-3488). */
export const OLDEST_KUBERNETES = '1.30';
