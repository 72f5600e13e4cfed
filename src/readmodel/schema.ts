/**
 * The tables of the read model. It holds nothing that the log does not: a file whose schema is another one is made anew from the log,
 * so there are no migrations.
 *
 * A change of a warning holds from its tick until the tick of the next change: `next_tick` is `never` for the one that stands. So what was
 * known at the end of tick T is every change with `tick <= T < next_tick`, and what is known now is every change with `next_tick = never`.
 * Each is counted in a row of `warning_count`: by its level, what it is, and the outermost nodes that it lies in. `n` is how many stand there now.
 */
import { createHash } from 'node:crypto'

/** Goes up when rows come to mean something else under the same tables. */
const meaning = 7

export const never = 2_147_483_647

/** What lists are filtered by: an index that has it answers without a look at the rows. */
const filtered = 'region_no, industry_no, axis, statistic, level, raised_tick, explained, counted'

const tables = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE position (topic TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (topic, partition)) WITHOUT ROWID;
CREATE TABLE unread (topic TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (topic, reason)) WITHOUT ROWID;

CREATE TABLE warning_change (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL, statistic TEXT NOT NULL, axis TEXT NOT NULL, region TEXT NOT NULL, industry TEXT NOT NULL,
  region_no INTEGER NOT NULL, industry_no INTEGER NOT NULL, level INTEGER NOT NULL, level_before INTEGER NOT NULL, change TEXT NOT NULL,
  raised_tick INTEGER NOT NULL, tick INTEGER NOT NULL, beat INTEGER NOT NULL, next_tick INTEGER NOT NULL, observed REAL NOT NULL,
  expected REAL NOT NULL, ratio REAL NOT NULL, enterprises INTEGER NOT NULL, amended INTEGER NOT NULL, level_since INTEGER NOT NULL,
  level_max INTEGER NOT NULL, explained INTEGER NOT NULL, counted INTEGER NOT NULL, text TEXT NOT NULL, record TEXT NOT NULL);
CREATE INDEX warning_change_id ON warning_change (id, seq);
CREATE INDEX warning_change_cell ON warning_change (axis, region, industry, seq);
CREATE INDEX warning_change_tick ON warning_change (tick);
CREATE INDEX warning_held ON warning_change (next_tick, tick, ${filtered}, region, industry, ratio, id);
CREATE INDEX warning_then_level ON warning_change (level DESC, tick DESC, id, next_tick, ${filtered});
CREATE INDEX warning_now_level ON warning_change (level DESC, tick DESC, id, ${filtered}) WHERE next_tick = ${never};
CREATE INDEX warning_now_tick ON warning_change (tick DESC, id, ${filtered}) WHERE next_tick = ${never};
CREATE INDEX warning_now_raised ON warning_change (raised_tick DESC, id, ${filtered}) WHERE next_tick = ${never};
CREATE INDEX warning_now_ratio ON warning_change (ratio DESC, id, ${filtered}) WHERE next_tick = ${never};
CREATE INDEX warning_now_text ON warning_change (text, tick, ratio, id, ${filtered}) WHERE next_tick = ${never};
CREATE INDEX warning_counted ON warning_change (counted, tick, next_tick);
CREATE TABLE warning_count (
  no INTEGER PRIMARY KEY, level INTEGER NOT NULL, axis TEXT NOT NULL, statistic TEXT NOT NULL, region TEXT NOT NULL, industry TEXT NOT NULL, n INTEGER NOT NULL,
  UNIQUE (level, axis, statistic, region, industry));

CREATE TABLE tick (
  tick INTEGER PRIMARY KEY, label TEXT NOT NULL, beat INTEGER NOT NULL, pages INTEGER NOT NULL, pages_read INTEGER NOT NULL,
  observed BLOB NOT NULL, expected BLOB, variance BLOB, levels BLOB, begun TEXT NOT NULL, late TEXT NOT NULL);
CREATE TABLE tick_group (tick INTEGER NOT NULL, group_no INTEGER NOT NULL, cells BLOB NOT NULL, counts BLOB NOT NULL, PRIMARY KEY (tick, group_no)) WITHOUT ROWID;
CREATE TABLE tick_risk (tick INTEGER NOT NULL, page INTEGER NOT NULL, keys BLOB NOT NULL, columns BLOB NOT NULL, PRIMARY KEY (tick, page)) WITHOUT ROWID;
CREATE TABLE tick_moves (
  tick INTEGER NOT NULL, region TEXT NOT NULL, level INTEGER NOT NULL, standing INTEGER NOT NULL, raised INTEGER NOT NULL, cleared INTEGER NOT NULL,
  PRIMARY KEY (tick, region, level)) WITHOUT ROWID;
CREATE TABLE moved (tick INTEGER NOT NULL, region TEXT NOT NULL, industry TEXT NOT NULL, features TEXT NOT NULL, PRIMARY KEY (region, industry, tick)) WITHOUT ROWID;
CREATE TABLE tick_counts (tick INTEGER NOT NULL, page INTEGER NOT NULL, keys BLOB NOT NULL, sums BLOB NOT NULL, PRIMARY KEY (tick, page)) WITHOUT ROWID;

CREATE TABLE source_heard (
  tick INTEGER NOT NULL, source TEXT NOT NULL, region TEXT NOT NULL, records INTEGER NOT NULL, last_heard TEXT NOT NULL, hour TEXT NOT NULL,
  PRIMARY KEY (tick, source, region)) WITHOUT ROWID;
CREATE TABLE source_tick (source TEXT NOT NULL, tick INTEGER NOT NULL, records INTEGER NOT NULL, last_heard TEXT NOT NULL, PRIMARY KEY (source, tick)) WITHOUT ROWID;
CREATE TABLE silence (
  source TEXT NOT NULL, region TEXT NOT NULL, told_tick INTEGER NOT NULL, ended_tick INTEGER NOT NULL, record TEXT NOT NULL,
  PRIMARY KEY (source, region, told_tick)) WITHOUT ROWID;
CREATE TABLE drift (tick INTEGER NOT NULL, model TEXT NOT NULL, feature TEXT NOT NULL, psi REAL NOT NULL, rows INTEGER NOT NULL, PRIMARY KEY (tick, model, feature)) WITHOUT ROWID;
CREATE TABLE dead_letter (code TEXT NOT NULL, topic TEXT NOT NULL, count INTEGER NOT NULL, last_at TEXT NOT NULL, PRIMARY KEY (code, topic)) WITHOUT ROWID;
CREATE TABLE command_result (id TEXT PRIMARY KEY, kind TEXT NOT NULL, accepted INTEGER NOT NULL, beat INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE enterprise (
  no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT, region TEXT, industry TEXT, status TEXT, band TEXT, grade TEXT,
  probability REAL, tick INTEGER, model TEXT, record TEXT);
CREATE VIRTUAL TABLE enterprise_name USING fts5 (name, content='enterprise', content_rowid='no', tokenize='trigram');
CREATE TABLE grade (enterprise INTEGER NOT NULL, effective_at TEXT NOT NULL, known_at TEXT NOT NULL, grade TEXT NOT NULL, PRIMARY KEY (enterprise, effective_at, known_at)) WITHOUT ROWID;
CREATE TABLE score_change (
  enterprise INTEGER NOT NULL, beat INTEGER NOT NULL, tick INTEGER NOT NULL, band TEXT NOT NULL, probability REAL NOT NULL, record TEXT NOT NULL,
  PRIMARY KEY (enterprise, beat)) WITHOUT ROWID;
CREATE TABLE contribution (
  tick INTEGER NOT NULL, enterprise INTEGER NOT NULL, region_no INTEGER NOT NULL, industry_no INTEGER NOT NULL, page INTEGER NOT NULL,
  region TEXT NOT NULL, industry TEXT NOT NULL, grade TEXT NOT NULL, band TEXT NOT NULL, judged INTEGER NOT NULL, facts TEXT NOT NULL,
  PRIMARY KEY (tick, region_no, industry_no, enterprise, page)) WITHOUT ROWID;
CREATE INDEX contribution_enterprise ON contribution (enterprise, tick);

CREATE TABLE contradiction (
  enterprise INTEGER NOT NULL, tick INTEGER NOT NULL, left_tick INTEGER NOT NULL, since_tick INTEGER NOT NULL, kind TEXT NOT NULL, grade TEXT NOT NULL,
  region TEXT NOT NULL, industry TEXT NOT NULL, probability REAL, compared_with REAL, model TEXT, PRIMARY KEY (enterprise, tick)) WITHOUT ROWID;
CREATE INDEX contradiction_standing ON contradiction (left_tick, tick);

CREATE TABLE change (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, of TEXT NOT NULL);
`

/** Names the schema: another text, another file. */
export const schemaId = createHash('sha256').update(`${meaning}\n${tables}`).digest('hex').slice(0, 16)

export const schemaSql = tables
