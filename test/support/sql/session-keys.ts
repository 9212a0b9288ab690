import type { Stage } from './database.ts';

const GAP_MS = 30 * 60_000;

/**
 * `session_keys`: the session of each stored event, by its `session_id`, else by user and pauses. A pause of exactly the
 * gap ends one. Before any filter.
 */
export const sessionKeyStages = (gapMs: number = GAP_MS): Stage[] => [
  {
    name: 'loose',
    sql: `SELECT event_id, user_id, ts_ms, CASE
        WHEN row_number() OVER (PARTITION BY user_id ORDER BY ts_ms, event_id) > 1
          AND ts_ms - lag(ts_ms) OVER (PARTITION BY user_id ORDER BY ts_ms, event_id) < ${gapMs}
        THEN 0 ELSE 1 END AS begins
      FROM stored WHERE session_id IS NULL AND user_id IS NOT NULL`,
  },
  {
    name: 'numbered',
    sql: `SELECT event_id, user_id,
        SUM(begins) OVER (PARTITION BY user_id ORDER BY ts_ms, event_id) AS session_number
      FROM loose`,
  },
  {
    name: 'session_keys',
    sql: `SELECT event_id AS keyed_event_id, 'named ' || session_id AS session_key
      FROM stored WHERE session_id IS NOT NULL
      UNION ALL
      SELECT event_id AS keyed_event_id, user_id || ' ' || CAST(session_number AS TEXT) AS session_key FROM numbered`,
  },
];
