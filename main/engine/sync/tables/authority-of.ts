import { readFileSync } from 'node:fs';
import { SourceFault } from '../source-fault.ts';

/** The certificates of whoever signed that of a server. */
export function authorityOf(caFile: string): string {
  try {
    return readFileSync(caFile, 'utf8');
  } catch (cause) {
    throw new SourceFault('not-readable', `the certificate file ${caFile} cannot be read`, { cause });
  }
}
