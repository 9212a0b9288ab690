import { ID_PROPERTIES } from '../../../shared/domain/events.ts';
import type { ScrubMode } from './scrub.ts';

const ADDRESS = /(?:^|[._])(?:ip|ip_addr|ip_address|remote_addr|client_ip)$/i;
const IDENTIFIER =
  /(?:^|[._])(?:uuid|guid|ids?|hash|sha|slug|version|build|commit)$|[a-z]I[dD]s?$|[a-z]Version$/;

/** What a property may hold, by its name: ids and versions are full of digits that only look like numbers of people. */
export function scrubModeOfProperty(name: string): ScrubMode {
  if (ADDRESS.test(name)) return 'address';
  if (ID_PROPERTIES.has(name)) return 'identifier';
  return IDENTIFIER.test(name) ? 'label' : 'text';
}
