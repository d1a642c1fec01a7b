// A past that a new account cannot have: points of its history, written straight into the database.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const WRITE = `
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=10)
with db:
    (user,) = db.execute('SELECT id FROM users').fetchone()
    db.execute('INSERT INTO value_series (id, user_id, version, looked_at, thinned_at) '
               'VALUES (?, ?, 0, 0, 0) ON CONFLICT (id) DO NOTHING', (user, user))
    for at, value, unpriced, partial in json.load(sys.stdin):
        minute = at // 60000
        db.execute('INSERT INTO value_points VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
                   (user, at, value, '0', '0', unpriced, partial, 'sync', minute))
        db.execute('INSERT INTO value_rates VALUES (?, ?, ?) '
                   'ON CONFLICT (minute, currency) DO NOTHING', (minute, 'USD', '1'))
`;

const COUNT = `
import sqlite3, sys
print(sqlite3.connect(sys.argv[1], timeout=10).execute('SELECT COUNT(*) FROM value_points').fetchone()[0])
`;

const python = (args, input) => spawnSync('python3', args, { input, encoding: 'utf8' });

/** Why no past can be written here; false if it can. */
export const noPast = python(['-c', 'import sqlite3']).status === 0 ? false : 'no python3';

/** Modes in which a past can be written. */
export function withPast(modes) {
  return modes.map((mode) => ({ ...mode, skip: mode.skip || noPast }));
}

const database = (coffer) => join(coffer.folder, 'data', 'coffer.db');

/** Whether history has begun, which it does in the background. */
export function hasBegun(coffer) {
  const { status, stdout, stderr } = python(['-c', COUNT, database(coffer)]);
  if (status !== 0) throw new Error(stderr);
  return Number(stdout) > 0;
}

/** Writes `{ago, value, unpriced, partial}`, `ago` in minutes, for the only account there is. */
export function writePast(coffer, points) {
  const now = Date.now();
  const rows = points.map(({ ago, value, unpriced = 0, partial = false }) =>
    [now - ago * 60_000, value, unpriced, Number(partial)]);
  const { status, stderr } = python(['-c', WRITE, database(coffer)], JSON.stringify(rows));
  if (status !== 0) throw new Error(stderr);
}

/** A year of points, one a day and one an hour for the last day. */
export function aYear() {
  const at = (ago, value) => ({ ago, value: String(Math.round(value * 100) / 100) });
  const wave = (n) => 9_000 + 2_500 * Math.sin(n / 23) + 400 * Math.sin(n / 3.1) + 10 * (n % 7);
  const days = Array.from({ length: 364 }, (_, n) => at((365 - n) * 1440, wave(n)));
  const hours = Array.from({ length: 24 }, (_, n) => at((24 - n) * 60, wave(364) + 40 * (n % 5)));
  const points = [...days, ...hours];
  points[340].partial = true;
  points[350].unpriced = 2;
  return points;
}
