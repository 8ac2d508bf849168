/** What containers of the kit read: authorities of servers, and manifests of what they verify. */
import { digestOf } from '../../core/digest';
import type { Complaint } from '../rules/rule';
import { certificateFaults } from './certificates';
import { broken, type Fault } from './fault';
import { aboutFile, type Program } from './program';

/** A manifest is known by its digest; what it lists is then as locked. */
function manifestFaults(text: string, { context: { lock } }: Program): Fault[] {
  const { models, stores = [], files = [] } = lock.derived;
  const known = [...models, ...stores, ...files].map(({ manifest }) => manifest.digest);
  return known.includes(digestOf(text))
    ? []
    : [broken('', 'the lock has no manifest of these bytes', 'write the manifest of the locked model')];
}

/** @throws Unproven where only Terraform knows a value */
export const kitComplaints = (program: Program): Complaint[] =>
  program.files.flatMap((file) =>
    aboutFile(
      file,
      file.text.includes('-----BEGIN') ? certificateFaults(file.text) : manifestFaults(file.text, program),
    ),
  );
