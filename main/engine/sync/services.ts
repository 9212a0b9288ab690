import { secretsOfProcess } from '../secrets/make-secret.ts';
import { realSurroundings } from './network/surroundings.ts';
import { DEFAULT_LIMITS, type SourceServices } from './source-kinds.ts';

/** What readers get where nobody gives them anything else. */
export const servicesOf = (
  dataDir: string,
  nowMs: () => number,
  given: Partial<SourceServices> = {},
): SourceServices => ({
  dataDir,
  secrets: secretsOfProcess(dataDir),
  env: process.env,
  limits: DEFAULT_LIMITS,
  surroundings: { ...realSurroundings, nowMs },
  ...given,
});
