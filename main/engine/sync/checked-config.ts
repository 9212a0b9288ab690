import type { ZodType } from 'zod';
import { AppError } from '../../../shared/errors.ts';

/** Parses a configuration; what is wrong is named with its place. */
export function checked<T>(schema: ZodType<T>, input: unknown, what: string): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue?.path.join('.') ?? '';
  throw new AppError(
    'bad-input',
    `${what}${place === '' ? '' : `.${place}`}: ${issue?.message ?? 'not understood'}`,
    {
      path: place,
    },
  );
}
