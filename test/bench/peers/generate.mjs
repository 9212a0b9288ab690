// Deterministic synthetic product-analytics events.
//
//   node generate.mjs --events 10000000 --out ./data/10m [--seed 1] [--days 90]
//        [--formats cols,parquet,ndjson,ndjson.gz,csv,csv.gz] [--order time|user] [--limit-text N]
//
// Writes <out>/meta.json (row count, dictionaries, checksums, planted anomalies) and one file per format:
//   cols       one raw little-endian file per column, dictionary codes, rows in arrival (time) order
//   parquet    strings for dimensions, integers for user/session (written through DuckDB)
//   ndjson(.gz), csv(.gz)   one event per line, every id as a string, as a warehouse export would look
// The same seed, --events and --days always give the same bytes in `cols`.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { createHash } from 'node:crypto';

export const EVENTS = [
  'session_started',
  'session_completed',
  'reaction_captured',
  'page_view',
  'sign_up',
  'first_chat',
  'feature_usage',
  'onboarding_completed',
  'share',
  'search',
  'subscription_started',
  'app_error',
];
export const STATES = ['', 'calm', 'focused', 'energized', 'grateful', 'anxious', 'tired', 'neutral']; // code 0: no state
export const LOCALES = [
  'en-US',
  'en-GB',
  'de-DE',
  'fr-FR',
  'es-ES',
  'pt-BR',
  'ja-JP',
  'ko-KR',
  'zh-CN',
  'it-IT',
  'nl-NL',
  'pl-PL',
];
const N_PRACTICE = 200,
  N_MASTER = 40,
  N_RELEASE = 30;
export const PRACTICES = Array.from(
  { length: N_PRACTICE },
  (_, i) => 'practice_' + String(i).padStart(3, '0'),
);
export const MASTERS = Array.from({ length: N_MASTER }, (_, i) => 'master_' + String(i).padStart(2, '0'));
export const RELEASES = Array.from({ length: N_RELEASE }, (_, i) => `2.${i}.0`);
export const T0 = Date.UTC(2025, 0, 6); // a Monday, so that week = floor(day / 7)
const DAY = 86400000;

function rng(seed) {
  // 32-bit counter-mixing generator, returns [0, 1)
  let s = seed >>> 0;
  return () => {
    s = (s + 0x9e3779b9) >>> 0;
    let z = s;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 4294967296;
  };
}
const cdf = (w) => {
  let t = 0;
  const c = w.map((x) => (t += x));
  return Float64Array.from(c, (x) => x / t);
};
const pick = (c, r) => {
  let lo = 0,
    hi = c.length - 1;
  while (lo < hi) {
    const m = (lo + hi) >> 1;
    if (c[m] < r) lo = m + 1;
    else hi = m;
  }
  return lo;
};

/** Returns columns in (user, time) order plus the permutation into arrival (time) order. */
export function generate({ events = 1e6, days = 90, seed = 1 } = {}) {
  const R = rng(seed * 7919 + 17);
  const users = Math.max(100, Math.round(events / 50)); // 10M events -> 200k users
  const cap = Math.ceil(events * 1.15) + 1000;
  const ts = new Float64Array(cap),
    user = new Uint32Array(cap),
    session = new Uint32Array(cap),
    value = new Float32Array(cap);
  const event = new Uint8Array(cap),
    state = new Uint8Array(cap),
    practice = new Uint8Array(cap),
    master = new Uint8Array(cap),
    locale = new Uint8Array(cap),
    release = new Uint8Array(cap);
  const practiceCdf = cdf(Array.from({ length: N_PRACTICE }, (_, i) => 1 / (i + 3) ** 0.9));
  const localeCdf = cdf([30, 12, 9, 8, 8, 8, 7, 5, 5, 4, 2, 2]);
  const hourCdf = cdf(
    Array.from(
      { length: 24 },
      (_, h) => 1 + 0.8 * Math.sin(((h - 9) / 24) * 2 * Math.PI) + (h > 19 && h < 23 ? 0.9 : 0),
    ),
  );
  const stateCdf = Array.from({ length: N_PRACTICE }, () => cdf(Array.from({ length: 7 }, () => 0.15 + R())));
  // Zipf activity: rank is a permutation of the user number, so heavy users are spread over the id range.
  const rank = new Uint32Array(users);
  for (let i = 0; i < users; i++) rank[i] = i;
  for (let i = users - 1; i > 0; i--) {
    const j = Math.floor(R() * (i + 1));
    const t = rank[i];
    rank[i] = rank[j];
    rank[j] = t;
  }
  let wsum = 0;
  for (let r = 0; r < users; r++) wsum += (r + 20) ** -0.8;
  const sessions = events / 6.53;
  const end = T0 + days * DAY;
  let n = 0,
    sess = 0;
  for (let u = 0; u < users; u++) {
    const w = (sessions * (rank[u] + 20) ** -0.8) / wsum;
    let k = Math.floor(w);
    if (R() < w - k) k++;
    if (k < 1) k = 1;
    const isNew = R() < 0.6,
      loc = pick(localeCdf, R()),
      lag = Math.floor(R() * 4),
      fav = pick(practiceCdf, R());
    const joined = isNew ? Math.floor(R() * R() * days * 0.98) : 0,
      span = days - joined;
    const starts = new Float64Array(k);
    for (let i = 0; i < k; i++) {
      const d =
        isNew && i === 0 ? joined : joined + Math.floor((isNew ? R() * (0.35 + 0.65 * R()) : R()) * span);
      starts[i] = T0 + d * DAY + pick(hourCdf, R()) * 3600000 + Math.floor(R() * 3600000);
    }
    starts.sort();
    let t = 0;
    for (let i = 0; i < k; i++) {
      t = Math.max(starts[i], t + 1000);
      if (t >= end - 3600000) break; // keep a user's times strictly increasing and inside the window
      if (n > cap - 40) throw new Error('capacity');
      sess++;
      const d = Math.floor((t - T0) / DAY);
      const p = R() < 0.5 ? fav : pick(practiceCdf, R()),
        m = (p * 7 + (R() < 0.2 ? 1 : 0)) % N_MASTER;
      const rel = Math.max(0, Math.min(N_RELEASE - 1, Math.floor((d * N_RELEASE) / days) - lag));
      const emit = (ev, st) => {
        ts[n] = t;
        user[n] = u;
        session[n] = sess;
        event[n] = ev;
        state[n] = st;
        practice[n] = p;
        master[n] = m;
        locale[n] = loc;
        release[n] = rel;
        value[n] = Math.round(Math.exp(8 + 1.1 * (R() + R() + R() - 1.5) * 2) * 4) / 4;
        n++;
        t += 1 + Math.floor(R() * 90000);
      };
      if (isNew && i === 0) {
        emit(4, 0);
        if (R() < 0.6) emit(7, 0);
      }
      const pv = 1 + Math.floor(R() * 3);
      for (let j = 0; j < pv; j++) emit(3, 0);
      if (isNew && i < 3 && R() < 0.3) emit(5, 0);
      emit(0, 0);
      if (R() < 0.55) emit(6, 0);
      if (R() < 0.15) emit(9, 0);
      // Planted anomalies: fewer reactions in de-DE on day 61; one practice turns "anxious" on days 70-72.
      const dip = d === 61 && loc === 2 ? 0.35 : 1;
      if (R() < 0.72 * dip) {
        const q = 1 + Math.floor(R() * 4);
        for (let j = 0; j < q; j++)
          emit(2, 1 + (p === 4 && d >= 70 && d <= 72 && R() < 0.6 ? 4 : pick(stateCdf[p], R())));
      }
      if (R() < 0.02) emit(11, 0);
      if (R() < 0.75) emit(1, 0);
      if (R() < 0.05) emit(8, 0);
      if (R() < 0.01) emit(10, 0);
    }
  }
  const cut = (a) => a.slice(0, n);
  const cols = {
    ts: cut(ts),
    user: cut(user),
    session: cut(session),
    event: cut(event),
    state: cut(state),
    practice: cut(practice),
    master: cut(master),
    locale: cut(locale),
    release: cut(release),
    value: cut(value),
  };
  // Arrival order: stable counting sort on the second.
  const secs = (days + 1) * 86400,
    start = new Uint32Array(secs + 1);
  for (let i = 0; i < n; i++) start[Math.floor((cols.ts[i] - T0) / 1000) + 1]++;
  for (let i = 0; i < secs; i++) start[i + 1] += start[i];
  const perm = new Uint32Array(n);
  for (let i = 0; i < n; i++) perm[start[Math.floor((cols.ts[i] - T0) / 1000)]++] = i;
  return { n, users, sessions: sess, days, t0: T0, cols, perm };
}
export const gather = (a, perm) => {
  const o = new a.constructor(perm.length);
  for (let i = 0; i < perm.length; i++) o[i] = a[perm[i]];
  return o;
};

const hex8 = (x) => (x >>> 0).toString(16).padStart(8, '0');
const eventId = (i) => hex8(Math.imul(i + 1, 0x9e3779b1)) + hex8(i); // unique: the low half is the row number

async function writeText(file, n, line, { gz = false, header = '' } = {}) {
  const out = fs.createWriteStream(file);
  const sink = gz ? zlib.createGzip({ level: 3, chunkSize: 1 << 20 }) : out;
  if (gz) sink.pipe(out);
  const push = async (s) => {
    if (!sink.write(s)) await once(sink, 'drain');
  };
  if (header) await push(header);
  for (let i = 0; i < n;) {
    let s = '';
    const e = Math.min(n, i + 5000);
    for (; i < e; i++) s += line(i);
    await push(s);
  }
  sink.end();
  await once(out, 'close');
}

if (import.meta.main) {
  const { values: o } = parseArgs({
    options: {
      events: { type: 'string', default: '1000000' },
      days: { type: 'string', default: '90' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string', default: './data/1m' },
      formats: { type: 'string', default: 'cols,parquet' },
      order: { type: 'string', default: 'time' },
      'limit-text': { type: 'string', default: '0' },
    },
  });
  fs.mkdirSync(o.out, { recursive: true });
  const g = generate({ events: +o.events, days: +o.days, seed: +o.seed });
  const c =
    o.order === 'user'
      ? g.cols
      : Object.fromEntries(Object.entries(g.cols).map(([k, a]) => [k, gather(a, g.perm)]));
  const formats = new Set(o.formats.split(','));
  const need = +o['limit-text'] || g.n;
  const row = (i) => ({
    event_id: eventId(i),
    ts: c.ts[i],
    event: EVENTS[c.event[i]],
    user_id: 'usr_' + hex8(Math.imul(c.user[i], 0x85ebca6b)) + c.user[i].toString(36).padStart(5, '0'),
    session_id: 'ses_' + c.session[i].toString(36).padStart(7, '0'),
    practice_id: PRACTICES[c.practice[i]],
    master_id: MASTERS[c.master[i]],
    locale: LOCALES[c.locale[i]],
    release: RELEASES[c.release[i]],
    state: STATES[c.state[i]] || null,
    value: c.value[i],
  });
  const digest = createHash('sha256');
  for (const k of Object.keys(c)) {
    digest.update(new Uint8Array(c[k].buffer, c[k].byteOffset, c[k].byteLength));
    if (formats.has('cols')) fs.writeFileSync(path.join(o.out, k + '.bin'), c[k]);
  }
  for (const [f, gz] of [
    ['ndjson', false],
    ['ndjson.gz', true],
  ])
    if (formats.has(f))
      await writeText(path.join(o.out, 'events.' + f), need, (i) => JSON.stringify(row(i)) + '\n', { gz });
  for (const [f, gz] of [
    ['csv', false],
    ['csv.gz', true],
  ])
    if (formats.has(f))
      await writeText(path.join(o.out, 'events.' + f), need, (i) => Object.values(row(i)).join(',') + '\n', {
        gz,
        header: Object.keys(row(0)).join(',') + '\n',
      });
  if (formats.has('parquet')) {
    // numbers go through a temporary CSV; DuckDB maps codes to names and writes the file
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const tmp = path.join(o.out, '.codes.csv');
    await writeText(
      tmp,
      g.n,
      (i) =>
        `${i},${c.ts[i]},${c.event[i]},${c.user[i]},${c.session[i]},${c.practice[i]},${c.master[i]},${c.locale[i]},${c.release[i]},${c.state[i]},${c.value[i]}\n`,
    );
    const db = await (await DuckDBInstance.create(':memory:')).connect();
    const list = (a) => '[' + a.map((s) => `'${s}'`).join(',') + ']';
    const types = {
      row_id: 'UBIGINT',
      ts: 'BIGINT',
      event: 'INT',
      user_id: 'UINTEGER',
      session_id: 'UINTEGER',
      practice_id: 'INT',
      master_id: 'INT',
      locale: 'INT',
      release: 'INT',
      state: 'INT',
      value: 'FLOAT',
    };
    await db.run(`COPY (SELECT hash(row_id)::UBIGINT AS event_id, make_timestamp_ms(ts) AS ts, (${list(EVENTS)})[event + 1] AS event, user_id, session_id,
      (${list(PRACTICES)})[practice_id + 1] AS practice_id, (${list(MASTERS)})[master_id + 1] AS master_id, (${list(LOCALES)})[locale + 1] AS locale,
      (${list(RELEASES)})[release + 1] AS release, nullif((${list(STATES)})[state + 1], '') AS state, value
      FROM read_csv('${tmp}', header=false, columns={${Object.entries(types)
        .map(([k, t]) => `'${k}':'${t}'`)
        .join(',')}}))
      TO '${path.join(o.out, 'events.parquet')}' (FORMAT parquet, COMPRESSION zstd)`);
    fs.rmSync(tmp);
  }
  const meta = {
    rows: g.n,
    users: g.users,
    sessions: g.sessions,
    days: g.days,
    t0: g.t0,
    seed: +o.seed,
    order: o.order,
    sha256: digest.digest('hex'),
    columns: Object.fromEntries(Object.entries(c).map(([k, a]) => [k, a.constructor.name])),
    dictionaries: {
      event: EVENTS,
      state: STATES,
      practice: PRACTICES,
      master: MASTERS,
      locale: LOCALES,
      release: RELEASES,
    },
    anomalies: [
      { day: 61, locale: 'de-DE', what: 'reactions per session down about 65%' },
      { days: [70, 72], practice_id: 'practice_004', what: 'state anxious rises to about 60%' },
    ],
  };
  fs.writeFileSync(path.join(o.out, 'meta.json'), JSON.stringify(meta, null, 1));
  console.log(JSON.stringify({ rows: g.n, users: g.users, sessions: g.sessions, sha256: meta.sha256 }));
}
