/** The closed list of failures a user can meet; the interface switches on the code exhaustively. */
export const ERROR_CODES = {
  'bad-input': 'The request or argument makes no sense; the message names the field and what was allowed.',
  'not-found': 'A named file, folder, source or record does not exist.',
  'not-readable': 'A file or folder exists but cannot be read.',
  'not-writable': 'The data folder cannot be written.',
  'disk-full': 'There is no room left to write; nothing committed was lost.',
  corrupt: 'A stored file does not match its checksum or cannot be parsed.',
  locked: 'Another process holds this data folder.',
  'source-unreachable': 'A source did not answer.',
  'auth-failed': 'A source or host refused the credentials.',
  'schema-drift': 'A source no longer has the shape that its map expects.',
  conflict: 'Two writes contradict each other.',
  cancelled: 'The caller cancelled the request.',
  'worker-restarted': 'The process that was answering was restarted; asking again is safe.',
  'not-available': 'This host or build lacks what was asked for.',
  'too-large': 'A message or answer exceeds its stated limit.',
  'protocol-mismatch': 'The two ends speak different versions; a reload is needed.',
  internal: 'A defect of this program.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

export interface AppErrorShape {
  code: ErrorCode;
  message: string;
  retryable: boolean;
  /** Where in the input the fault lies, e.g. `steps[1].window.unit`. */
  path?: string;
  detail?: JsonValue;
}

/** The one error that is thrown on purpose. Messages never hold SQL, secrets or user values. */
export class AppError extends Error implements AppErrorShape {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly path: string | undefined;
  readonly detail: JsonValue | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; path?: string; detail?: JsonValue; retryable?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryable = options.retryable ?? (code === 'worker-restarted' || code === 'source-unreachable');
    this.path = options.path;
    this.detail = options.detail;
  }
}

/** What crosses a boundary: never a stack, SQL text or secret. An unexpected error becomes `internal`. */
export function toErrorShape(error: unknown): AppErrorShape {
  if (!(error instanceof AppError)) {
    return {
      code: 'internal',
      message: 'an internal error stopped this request; the log names it',
      retryable: false,
    };
  }
  return {
    code: error.code,
    message: error.message,
    retryable: error.retryable,
    ...(error.path === undefined ? {} : { path: error.path }),
    ...(error.detail === undefined ? {} : { detail: error.detail }),
  };
}
