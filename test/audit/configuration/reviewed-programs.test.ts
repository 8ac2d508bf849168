import { isReviewed, REVIEWED_PROGRAMS } from '../../../audit/configuration/reviewed-programs';
import { withoutCount } from '../../../audit/configuration/trace-database';
import { digestOf } from '../../../core/digest';
import { policyModule } from '../../../gateway/litellm/policy-module';
import { DASHBOARDS } from '../../../telemetry/metrics/dashboards';
import { dashboardText } from '../../../telemetry/metrics/dashboards/dashboard';
import { backupScript } from '../../../telemetry/traces/backup';
import { MIDDLEWARE_FILE } from '../../../telemetry/traces/phoenix-middleware';

const TEXTS = {
  'litellm-policy': policyModule(),
  'phoenix-refuse-for-now': MIDDLEWARE_FILE.content,
  'trace-backup': withoutCount(backupScript(7)),
} as const;

describe('programs that travel as text', () => {
  it('have every dashboard of the kit among them: read it again before you change its digest', () => {
    const digests = DASHBOARDS.map((dashboard) => digestOf(dashboardText(dashboard)));
    expect([...REVIEWED_PROGRAMS.dashboard]).toEqual(digests);
  });

  it.each(Object.entries(TEXTS))(
    '%s is the one that was reviewed: read it again before you change the digest',
    (name, text) => {
      expect(REVIEWED_PROGRAMS[name as keyof typeof TEXTS]).toEqual([digestOf(text)]);
    },
  );

  it('are unknown after any change', () => {
    for (const [name, text] of Object.entries(TEXTS))
      expect(isReviewed(name as keyof typeof TEXTS, `${text}\n`)).toBe(false);
  });

  it('may keep any number of backups, and nothing else in the script may change', () => {
    expect(withoutCount(backupScript(30))).toBe(withoutCount(backupScript(7)));
    expect(isReviewed('trace-backup', withoutCount(backupScript(30, '/other')))).toBe(false);
  });
});
