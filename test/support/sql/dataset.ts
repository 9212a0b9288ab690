/** How the tables of a database hold events and users, and which columns answer for which property. */

/** One column, or one for texts and one for numbers where a property has both. */
export interface SqlColumn {
  text?: string;
  number?: string;
  boolean?: string;
}

/** Events have the columns `event_id`, `ts` (an instant) and `environment` besides; users have `user_id` and `first_seen_at`. */
export interface Dataset {
  eventsTable: string;
  usersTable: string;
  events: Readonly<Record<string, SqlColumn>>;
  users: Readonly<Record<string, SqlColumn>>;
  /** Properties that only one of the types of practice events can have. */
  onlyOf: Readonly<Record<string, string>>;
  /** Of the taxonomy, in its order; absent: there is none, and the states are those that occur. */
  states?: readonly string[];
}

/** What `generate-events.ts` makes and `load.ts` fills in. */
export const GENERATED: Dataset = {
  eventsTable: 'events',
  usersTable: 'users',
  events: {
    event_type: { text: 'event_type' },
    user_id: { text: 'user_id' },
    session_id: { text: 'session_id' },
    locale: { text: 'locale' },
    platform: { text: 'platform' },
    plan: { text: 'plan' },
    page_path: { text: 'page_path' },
    practice_id: { text: 'practice_id' },
    practice_session_id: { text: 'practice_session_id' },
    master_id: { text: 'master_id' },
    state: { text: 'state' },
    amount: { number: 'amount' },
    duration_seconds: { number: 'duration_seconds' },
    success: { boolean: 'success' },
    mixed: { text: 'mixed_text', number: 'mixed_number' },
  },
  users: { plan: { text: 'plan' }, seats: { number: 'seats' } },
  onlyOf: { state: 'reaction_captured', duration_seconds: 'session_completed' },
};
