import type { SecretReader } from '../../secrets/secret-store.ts';
import { SourceFault } from '../source-fault.ts';

/** Never from the surroundings: whoever wants a password used names its secret. */
export async function secretOf(name: string | null, secrets: SecretReader): Promise<string> {
  if (name === null) return '';
  const value = await secrets.read(name);
  if (value === null)
    throw new SourceFault(
      'auth-failed',
      `the secret "${name}" is not set; set it with "tidemark secrets set ${name}"`,
    );
  return value;
}
