import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { LogEntry } from './process/control.ts';

/** The one log of a host: JSON lines under `logs/` of the data folder. Engine and query write through their shell. */
export interface Log {
  write(entry: LogEntry): void;
}

export interface LogOptions {
  now?: () => Date;
  maxBytes?: number;
  /** Older files that stay beside the current one. */
  keep?: number;
}

const MAX_BYTES = 1024 * 1024; // weeks of ordinary use; quick to open in any editor
const KEPT_FILES = 4;

export function openLog(dataDir: string, options: LogOptions = {}): Log {
  const { now = () => new Date(), maxBytes = MAX_BYTES, keep = KEPT_FILES } = options;
  const folder = path.join(dataDir, 'logs');
  return {
    write({ level, event, fields }) {
      const line = JSON.stringify({ at: now().toISOString(), level, event, ...redactFields(fields) });
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        rotate(folder, { maxBytes, keep });
        appendFileSync(path.join(folder, fileName(0)), `${line}\n`, { mode: 0o600 });
      } catch {
        // a full disk or a read-only folder is reported where work fails for it; the log must not add a second fault
      }
    },
  };
}

const fileName = (age: number): string => (age === 0 ? 'tidemark.log' : `tidemark.${age}.log`);

function rotate(folder: string, { maxBytes, keep }: { maxBytes: number; keep: number }): void {
  const current = statSync(path.join(folder, fileName(0)), { throwIfNoEntry: false });
  if (current === undefined || current.size < maxBytes) return;
  for (let age = keep - 1; age >= 0; age--) {
    const file = path.join(folder, fileName(age));
    if (existsSync(file)) renameSync(file, path.join(folder, fileName(age + 1)));
  }
}

function redactFields(fields: LogEntry['fields'] = {}): NonNullable<LogEntry['fields']> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? redact(value) : value]),
  );
}

const REDACTIONS: readonly (readonly [RegExp, string])[] = [
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '[email]'],
  [
    /\b(token|secret|password|key|authorization|cookie)(["']?\s*[=:]\s*["']?)(?:bearer\s+)?[^\s"'&;,]+/gi,
    '$1$2[secret]',
  ],
  [/\b[A-Za-z0-9_-]{40,}\b/g, '[secret]'], // login tokens, cookies, keys: 32 random bytes in any common spelling
];

/** What must not lie in a file that people send along with a report. */
export function redact(text: string, homeDir: string = homedir()): string {
  const homeless = homeDir.length > 1 ? text.replaceAll(homeDir, '~') : text;
  return REDACTIONS.reduce(
    (result, [pattern, replacement]) => result.replace(pattern, replacement),
    homeless,
  );
}
