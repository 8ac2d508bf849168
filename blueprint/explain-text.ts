/** What was decided, as people read it. */
import type { Page } from '../core/page';
import { show, visible } from '../core/visible';
import type { Section } from './explain';

function sectionPage({ title, lines, restsOn }: Section): Page {
  const width = Math.max(...lines.map(([label]) => visible(label).length));
  return [
    visible(title),
    ...lines.map(([label, value]) => show`  ${visible(label).padEnd(width)}  ${value}`),
    show`  rests on ${restsOn.join(', ')}`,
  ];
}

/** Sections with an empty line between them. */
export const sectionsPage = (sections: readonly Section[]): Page =>
  sections.flatMap((section, at) => [...(at === 0 ? [] : [show``]), sectionPage(section)]);
