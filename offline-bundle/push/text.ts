/** What a push says to people. */
import { formatBytes } from '../../core/format-bytes';
import type { Page } from '../../core/page';
import { type Line, show } from '../../core/visible';
import type { PushReport, Unresolvable } from './push';

const unresolvableLine = ({ repository, index, tags, absent, why }: Unresolvable): Line =>
  show`not there: ${repository}@${index}${tags.length === 0 ? '' : ` (${tags.join(', ')})`}, an index without ${absent.join(', ') || 'an index in it'} (${why})`;

const ADVICE = show`the registry takes no index whose children it lacks: name the digest of the manifest of a platform, which is there`;

export function pushPage(report: PushReport): Page {
  const { registry, dryRun, repositories, blobs, bytes, manifests, tags, unresolvable, problems } = report;
  const resumed = bytes.resumed === 0 ? '' : `, ${formatBytes(bytes.resumed)} of them by an earlier push`;
  const again = bytes.network > bytes.sent - bytes.resumed ? `; ${formatBytes(bytes.network)} over the network` : '';
  return [
    show`${dryRun ? 'to push' : 'pushed'}: ${repositories} repositories to ${registry}`,
    show`blobs      ${blobs.sent} ${dryRun ? 'to send' : 'sent'} (${formatBytes(bytes.sent)}${resumed}${again}), ${blobs.mounted} taken over from other repositories (${formatBytes(bytes.mounted)}), ${blobs.present} there already (${formatBytes(bytes.present)})`,
    show`manifests  ${manifests.sent} ${dryRun ? 'to send' : 'sent'}, ${manifests.present} there already`,
    show`tags       ${tags.set} ${dryRun ? 'to set' : 'set'}, ${tags.moved} ${dryRun ? 'to move' : 'moved'}, ${tags.present} there already`,
    ...unresolvable.map(unresolvableLine),
    ...(unresolvable.length === 0 ? [] : [ADVICE]),
    ...problems.map((problem) => show`not pushed: ${problem}`),
  ];
}
