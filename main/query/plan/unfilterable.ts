import { AppError } from '../../../shared/errors.ts';

const NAMES = new Set(['property', 'userProperty', 'groupBy', 'by']);

/** Event ids are stored as 16 bytes, long ones as a hash: they identify rows and are no property to ask about. */
export function refuseUnfilterable(spec: object): void {
  const path = pathOf(spec, '');
  if (path === null) return;
  throw new AppError(
    'bad-input',
    `${path}: event_id identifies rows; no filter, breakdown or unit can use it`,
    {
      path,
    },
  );
}

/** Where a question names the event id as a property; null: nowhere. */
function pathOf(value: unknown, path: string): string | null {
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, item] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    const isNamed = NAMES.has(key) || path.endsWith('holdConstant') || path.endsWith('property');
    if (isNamed && item === 'event_id') return at;
    const inner = key === 'value' ? null : pathOf(item, at);
    if (inner !== null) return inner;
  }
  return null;
}
