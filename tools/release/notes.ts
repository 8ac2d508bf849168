/** What a release says of itself. */

/**
 * The section of a version in CHANGELOG.md, as changesets write it, with its heading.
 *
 * @throws Error when it has none
 */
export function notesOf(changelog: string, version: string): string {
  const sections = changelog.split(/^(?=## )/m);
  const found = sections.find((section) => section.split('\n')[0] === `## ${version}`);
  if (found === undefined)
    throw new Error(`CHANGELOG.md says nothing of ${version}: run \`npx changeset version\`, then review and commit`);
  return `# Airlock ${version}\n\n${found.slice(found.indexOf('\n')).trim()}\n`;
}
