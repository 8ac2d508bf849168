/** Kubernetes distributions by the name that the site writes. */
import type { Distribution } from './distribution';
import { k3s } from './k3s';
import { kubeadm } from './kubeadm';
import { openshift } from './openshift';
import { rke2 } from './rke2';
import { talos } from './talos';

/** Kubernetes distributions, as the site writes them. */
export type DistributionName = 'rke2' | 'k3s' | 'kubeadm' | 'talos' | 'openshift';

/** Kubernetes distributions, by the name that the site writes. */
export const DISTRIBUTIONS: Readonly<Record<DistributionName, Distribution>> = { rke2, k3s, kubeadm, talos, openshift };
