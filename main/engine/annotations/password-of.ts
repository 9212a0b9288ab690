import { AppError } from '../../../shared/errors.ts';
import type { SecretReader } from '../secrets/secret-store.ts';

/** Never from the surroundings: whoever wants a password used names its secret. */
export async function passwordOf(name: string | null, secrets: SecretReader): Promise<string> {
  if (name === null) return '';
  const value = await secrets.read(name);
  if (value === null)
    throw new AppError(
      'auth-failed',
      `the secret "${name}" is not set; set it with "tidemark secrets set ${name}"`,
    );
  return value;
}
