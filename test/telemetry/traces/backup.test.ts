import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { witnessed } from '../../support/witness';
import { backupCommand, backupScript, postgresEnvironment, restoreCommand } from '../../../telemetry/traces/backup';

const URL = 'postgresql://phoenix:p%40ss@db.site.internal:6432/phoenix?sslmode=verify-full';

describe('postgresEnvironment', () => {
  it('reads the parts of the address', () => {
    expect(postgresEnvironment(URL)).toEqual({
      PGHOST: 'db.site.internal',
      PGPORT: '6432',
      PGUSER: 'phoenix',
      PGPASSWORD: 'p@ss',
      PGDATABASE: 'phoenix',
      PGSSLMODE: 'verify-full',
    });
  });

  it.each(['mysql://u:hunter2@h/d', 'postgresql://u:hunter2@h', 'postgresql://u:hunter2@h/d?foo=1', 'hunter2'])(
    'refuses %s and never repeats the password',
    (url) => {
      const message = (): string => {
        try {
          postgresEnvironment(url);
        } catch (error) {
          return (error as Error).message;
        }
        return 'taken';
      };
      expect(message()).toMatch(/the address of the database/);
      expect(message()).not.toContain('hunter2');
    },
  );
});

describe('commands', () => {
  it('have the password in the environment alone', () => {
    for (const { args, env } of [backupCommand(URL, '/b'), restoreCommand(URL, '/b')]) {
      expect(args.join(' ')).not.toContain('p@ss');
      expect(env['PGPASSWORD']).toBe('p@ss');
    }
  });

  // pg_restore(1) takes whatever begins with a hyphen for an option, wherever it stands.
  it.each(['--list', '-l', '--file=/etc/passwd', '--', '-', '--dbname=other', 'odd name', './-x'])(
    'take %j for a file',
    (file) => {
      for (const { args } of [backupCommand(URL, file), restoreCommand(URL, file)]) {
        const [last = ''] = args.slice(-1);
        expect(last.replace(/^--file=/, '')).toBe(path.resolve(file));
        expect(
          args.slice(0, -1).filter((arg) => !/^--(format|no-owner|no-privileges|single|exit|dbname=phoenix)/.test(arg)),
        ).toEqual([]);
      }
    },
  );

  it.each(['host=evil', 'postgresql://evil/x', 'x%20host%3Devil'])('take no parameters in the name %j', (name) => {
    expect(() => restoreCommand(`postgresql://u:p@h/${name}`, '/b')).toThrow(/name of the database holds parameters/);
  });

  it('restore all or nothing', () => {
    expect(restoreCommand(URL, '/b').args).toEqual(expect.arrayContaining(['--single-transaction', '--exit-on-error']));
  });
});

describe('backupScript', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'airlock-backup-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs it with programs that do as little as PostgreSQL's would at most. */
  function runScript(keep: number, restoreStatus = 0): string[] {
    const backups = path.join(folder, 'backups');
    const programs = {
      pg_dump: 'for a in "$@"; do case $a in --file=*) echo "$@" > "${a#--file=}";; esac; done',
      pg_restore: `exit ${restoreStatus}`,
    };
    for (const [name, body] of Object.entries(programs))
      writeFileSync(path.join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    execFileSync('/bin/sh', ['-c', backupScript(keep, backups)], {
      env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` },
      stdio: 'pipe',
    });
    return readdirSync(backups).sort();
  }
  const put = (...names: string[]): void => {
    mkdirSync(path.join(folder, 'backups'), { recursive: true });
    for (const name of names) writeFileSync(path.join(folder, 'backups', name), '');
  };

  // The script runs in the image of PostgreSQL, which has them.
  const withCoreutils = witnessed('date', '-u');

  withCoreutils('keeps the newest, and removes what a killed run left', () => {
    put('phoenix-20200101T000000Z.dump', 'phoenix-20200102T000000Z.dump', 'phoenix-20200103T000000Z.dump.partial');
    const [older, newest, more] = runScript(2);
    expect(older).toBe('phoenix-20200102T000000Z.dump');
    expect(newest).toMatch(/^phoenix-20[0-9]{6}T[0-9]{6}Z\.dump$/);
    expect(more).toBeUndefined();
  });

  withCoreutils('removes no old backup when the new one cannot be read', () => {
    put('phoenix-20200101T000000Z.dump', 'phoenix-20200102T000000Z.dump');
    expect(() => runScript(1, 1)).toThrow();
    expect(readdirSync(path.join(folder, 'backups')).filter((name) => name.endsWith('.dump'))).toHaveLength(2);
  });
});
