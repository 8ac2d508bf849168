/** One finding as a SARIF result (SARIF 2.1.0, section 3.27). */
import type { Location, LogicalLocation, Result, Suppression } from 'sarif';
import { canonicalJson } from '../../../core/canonical-json';
import { digestOf, hexOf } from '../../../core/digest';
import { visible } from '../../../core/visible';
import type { Finding } from '../../evaluate';
import type { Place } from '../../plan/plan';
import type { Verdict } from '../../rules/rule';
import type { Waiver } from '../../waivers/waiver';
import { foldTerm, foldTexts } from '../text';
import { message, relativeUri, sentence } from './text';

/** The base of every path: wherever the reader has the folder of the plan. */
export const PLAN_BASE = 'PLAN';

/** The line of a place in its file, where it is known. */
export type LineOf = (place: Place) => number | undefined;

/**
 * UNPROVEN closes the gate as VIOLATED does: a result of kind "open" would have no level (3.27.10), and pass for a remark.
 */
const KINDS: Readonly<Record<Verdict, Required<Pick<Result, 'kind' | 'level'>>>> = {
  VIOLATED: { kind: 'fail', level: 'error' },
  UNPROVEN: { kind: 'fail', level: 'error' },
  WAIVED: { kind: 'fail', level: 'error' },
  PROVEN: { kind: 'pass', level: 'none' },
  'N/A': { kind: 'notApplicable', level: 'none' },
};

/** The value as a tree of names: the construct that made it, and the pointers to it (3.33). */
function logicalLocations({ constructPath, address, pointer, inner }: Place): LogicalLocation[] {
  const named = (fullyQualifiedName: string, kind: string): LogicalLocation => ({
    fullyQualifiedName: visible(fullyQualifiedName),
    kind,
  });
  return [
    ...(constructPath === undefined ? [] : [named(constructPath, 'construct')]),
    ...(address === undefined ? [] : [named(address, 'resource')]),
    named(pointer, 'value'),
    ...(inner === undefined ? [] : [named(`${pointer} → ${inner || '/'}`, 'value')]),
  ];
}

function location(place: Place, lineOf: LineOf): Location {
  const line = lineOf(place);
  return {
    physicalLocation: {
      artifactLocation: { uri: relativeUri(place.file), uriBaseId: PLAN_BASE },
      ...(line === undefined ? {} : { region: { startLine: line } }),
    },
    logicalLocations: logicalLocations(place),
  };
}

/** What the reader of a waivers file would say of it. */
const suppression = ({ reason, approver, expires }: Waiver): Suppression => ({
  kind: 'external',
  status: 'accepted',
  justification: visible(sentence(reason)),
  properties: { approver: visible(approver), expires: visible(expires) },
});

/**
 * Known again in another plan: by what it says about which subject, and not by where that stands. Equal ones are counted in
 * the order of the report.
 */
function fingerprint({ rule, check, subject, message: text }: Finding, seen: Map<string, number>): string {
  const digest = hexOf(digestOf(canonicalJson({ rule, check: check ?? null, subject, message: text })));
  const before = seen.get(digest) ?? 0;
  seen.set(digest, before + 1);
  return before === 0 ? digest : `${digest}:${String(before)}`;
}

const textOf = (finding: Finding): string => {
  const { verdict, subject, message: text, value, fix } = finding;
  return [
    sentence(`${verdict}: ${subject}: ${text}`),
    ...(value === undefined ? [] : [sentence(`Value: ${value}`)]),
    ...foldTexts(finding).map((one) => sentence(`${foldTerm(finding)}: ${one}`)),
    ...(fix === undefined || verdict === 'WAIVED' ? [] : [sentence(`Fix: ${fix}`)]),
  ].join(' ');
};

/**
 * @param ruleIndex place of the rule among those of the tool
 * @param seen fingerprints so far
 */
export function sarifResult(finding: Finding, ruleIndex: number, seen: Map<string, number>, lineOf: LineOf): Result {
  const { rule, check, verdict, subject, place, accepts, waiver } = finding;
  return {
    ruleId: rule,
    ruleIndex,
    ...KINDS[verdict],
    message: message(textOf(finding)),
    ...(place === undefined ? {} : { locations: [location(place, lineOf)] }),
    partialFingerprints: { 'airlockFinding/v1': fingerprint(finding, seen) },
    ...(waiver === undefined ? {} : { suppressions: [suppression(waiver)] }),
    properties: {
      verdict,
      subject: visible(subject),
      ...(check === undefined ? {} : { check: visible(check) }),
      ...(accepts === undefined ? {} : { accepts }),
    },
  };
}
