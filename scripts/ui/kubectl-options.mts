/** Options of every command that talks to a cluster. */
import type { Command } from 'commander';
import { Kubectl } from '../../cluster/kubectl.js';

export interface KubectlCommandOptions {
  readonly kubectl: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

export const addKubectlOptions = (command: Command): Command =>
  command
    .option('--kubectl <program>', 'name or path of kubectl', 'kubectl')
    .option('--kubeconfig <file>', "kubeconfig file; default: kubectl's own")
    .option('--context <name>', 'context of that file; default: its current one');

export const kubectlOf = ({ kubectl, kubeconfig, context }: KubectlCommandOptions): Kubectl =>
  new Kubectl({
    program: kubectl,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
