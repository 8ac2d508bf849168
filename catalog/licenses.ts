/**
 * License ids of the Hub as SPDX writes them (huggingface/hub-docs, docs/hub/repositories-licenses.md; SPDX License List 3.28).
 */

/** SPDX for a card that says nothing (SPDX 2.3, "NOASSERTION"). */
export const NO_LICENSE = 'NOASSERTION';

/**
 * Hub ids that SPDX knows under another spelling. GNU licenses without "or later" are read as the version alone: the
 * Hub cannot say more, and less is safer.
 */
const HUB_TO_SPDX: ReadonlyMap<string, string> = new Map([
  ['afl-3.0', 'AFL-3.0'],
  ['agpl-3.0', 'AGPL-3.0-only'],
  ['apache-2.0', 'Apache-2.0'],
  ['artistic-2.0', 'Artistic-2.0'],
  ['bsd-2-clause', 'BSD-2-Clause'],
  ['bsd-3-clause', 'BSD-3-Clause'],
  ['bsd-3-clause-clear', 'BSD-3-Clause-Clear'],
  ['bsl-1.0', 'BSL-1.0'],
  ['c-uda', 'C-UDA-1.0'],
  ['cc-by-2.0', 'CC-BY-2.0'],
  ['cc-by-2.5', 'CC-BY-2.5'],
  ['cc-by-3.0', 'CC-BY-3.0'],
  ['cc-by-4.0', 'CC-BY-4.0'],
  ['cc-by-nc-2.0', 'CC-BY-NC-2.0'],
  ['cc-by-nc-3.0', 'CC-BY-NC-3.0'],
  ['cc-by-nc-4.0', 'CC-BY-NC-4.0'],
  ['cc-by-nc-nd-3.0', 'CC-BY-NC-ND-3.0'],
  ['cc-by-nc-nd-4.0', 'CC-BY-NC-ND-4.0'],
  ['cc-by-nc-sa-2.0', 'CC-BY-NC-SA-2.0'],
  ['cc-by-nc-sa-3.0', 'CC-BY-NC-SA-3.0'],
  ['cc-by-nc-sa-4.0', 'CC-BY-NC-SA-4.0'],
  ['cc-by-nd-4.0', 'CC-BY-ND-4.0'],
  ['cc-by-sa-3.0', 'CC-BY-SA-3.0'],
  ['cc-by-sa-4.0', 'CC-BY-SA-4.0'],
  ['cc0-1.0', 'CC0-1.0'],
  ['cdla-permissive-1.0', 'CDLA-Permissive-1.0'],
  ['cdla-permissive-2.0', 'CDLA-Permissive-2.0'],
  ['cdla-sharing-1.0', 'CDLA-Sharing-1.0'],
  ['ecl-2.0', 'ECL-2.0'],
  ['epl-1.0', 'EPL-1.0'],
  ['epl-2.0', 'EPL-2.0'],
  ['etalab-2.0', 'etalab-2.0'],
  ['eupl-1.1', 'EUPL-1.1'],
  ['eupl-1.2', 'EUPL-1.2'],
  ['gpl-2.0', 'GPL-2.0-only'],
  ['gpl-3.0', 'GPL-3.0-only'],
  ['isc', 'ISC'],
  ['lgpl-2.1', 'LGPL-2.1-only'],
  ['lgpl-3.0', 'LGPL-3.0-only'],
  ['lgpl-lr', 'LGPLLR'],
  ['lppl-1.3c', 'LPPL-1.3c'],
  ['mit', 'MIT'],
  ['mpl-2.0', 'MPL-2.0'],
  ['ms-pl', 'MS-PL'],
  ['ncsa', 'NCSA'],
  ['odbl', 'ODbL-1.0'],
  ['odc-by', 'ODC-By-1.0'],
  ['ofl-1.1', 'OFL-1.1'],
  ['openmdw-1.0', 'OpenMDW-1.0'],
  ['osl-3.0', 'OSL-3.0'],
  ['pddl', 'PDDL-1.0'],
  ['postgresql', 'PostgreSQL'],
  ['unlicense', 'Unlicense'],
  ['wtfpl', 'WTFPL'],
  ['zlib', 'Zlib'],
]);

/**
 * The SPDX form of what a model card declares: an id of the SPDX list, else `LicenseRef-` and the Hub's own id (for
 * `other`: the name that the card gives), else {@link NO_LICENSE}.
 *
 * @param id `license` of the card, e.g. `apache-2.0`, `llama3.1`, `other`
 * @param name `license_name` of the card
 */
export function spdxLicense(id: string | undefined, name?: string): string {
  const hubId = id?.trim().toLowerCase() ?? '';
  if (hubId === '' || hubId === 'unknown') return NO_LICENSE;
  const known = HUB_TO_SPDX.get(hubId);
  if (known !== undefined) return known;
  const own = hubId === 'other' && name !== undefined && name.trim() !== '' ? name.trim() : hubId;
  // SPDX 2.3, Annex D: the characters that a LicenseRef may hold.
  return `LicenseRef-${own.replace(/[^A-Za-z0-9.-]+/g, '-')}`;
}

/** Names of files that hold license, notice or acceptable-use texts, in any folder of a model. */
export const isLicenseFile = (path: string): boolean =>
  /(?:^|\/)(?:licen[cs]e|notice|use_policy|usage_policy)[^/]*$/i.test(path);
