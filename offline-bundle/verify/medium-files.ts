/**
 * What operating systems put at the root of a medium by themselves. It is no part of a bundle and is refused there as anything else
 * is; but whoever wrote the bundle to the root of a stick should hear where it comes from.
 */
const NAMES: readonly RegExp[] = [
  // Windows: restore points and indexes, deleted files, settings of the shell.
  /^System Volume Information$/i,
  /^\$RECYCLE\.BIN$/i,
  /^RECYCLER$/i,
  /^desktop\.ini$/i,
  /^Thumbs\.db$/i,
  // macOS: the Finder, Spotlight, change events, deleted files, temporary items, what a foreign file system cannot hold.
  /^\.DS_Store$/,
  /^\.Spotlight-V100$/,
  /^\.fseventsd$/,
  /^\.Trashes$/,
  /^\.TemporaryItems$/,
  /^\._/,
  // Linux: fsck of ext2, ext3 and ext4; deleted files (freedesktop.org, Trash Specification 1.0, "Trash directories").
  /^lost\+found$/,
  /^\.Trash(?:-\d+)?$/,
];

/** @param name of one entry, as a bundle's directory shows it: quoted where it holds other than plain characters */
export const isOfTheMedium = (name: string): boolean =>
  NAMES.some((known) => known.test(name.replace(/^"(.*)"$/, '$1')));
