/** Sizes, counts and times of the wire and the hosts (HOSTS §2, §4). Each is chosen once, here. */

const KIB = 1024;
const MIB = 1024 * KIB;

/** What senders cut answers into: with parts of 1 MiB as many bytes arrive per second, but a small call beside them
 *  waits five times as long. */
export const PART_TARGET_BYTES = 256 * KIB;
/** The most that a part may be, and one of a method marked `bulk`. */
export const PART_MAX_BYTES = MIB;
export const BULK_PART_MAX_BYTES = 16 * MIB;
/** Parts in flight of one call unless the caller says otherwise. */
export const DEFAULT_CREDIT = 4;

/** Server host: larger payloads leave the socket and wait under /blob/<id>. */
export const INLINE_PAYLOAD_MAX_BYTES = 256 * KIB;
export const BLOB_LIFE_MS = 30_000;
export const SOCKET_MAX_PAYLOAD_BYTES = 4 * MIB;
export const SOCKETS_PER_LOGIN = 8;

export const PROGRESS_INTERVAL_MS = 100; // at most 10 a second per call
export const PING_INTERVAL_MS = 15_000;
export const MISSED_PINGS_ALLOWED = 2;

/** A cancelled call of the query process that has not ended by then makes the supervisor look at that process. */
export const STUCK_CANCEL_MS = 150;
/** A process that answers the look in time, with no call cancelled longer ago than this, is slow and not stuck. */
export const PROBE_WAIT_MS = 100;
export const STUCK_CALL_MS = STUCK_CANCEL_MS / 2; // the cancel took its time to arrive
/** From the polite signal to SIGKILL. */
export const KILL_GRACE_MS = 200;

/** How often a call is sent again by itself after its process or link was lost. */
export const READ_RESENDS = 1;
export const MUTATION_RESENDS = 5;

/** Calls of one link that have not ended; a caller past this is broken or hostile. */
export const CALLS_PER_LINK = 256;

export const BACKOFF_FIRST_MS = 200;
export const BACKOFF_LAST_MS = 5_000;
export const RESTARTS_ALLOWED = 5;
export const RESTARTS_WINDOW_MS = 60_000;

export const LOGIN_TOKEN_BYTES = 32;
export const LOGIN_TRIES_PER_MINUTE = 10;
export const OPENED_TOKEN_LIFE_MS = 60_000; // a window that the launcher opens is there at once
export const PRINTED_TOKEN_LIFE_MS = 15 * 60_000; // a person copies it by hand
