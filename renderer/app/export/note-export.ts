import type { NewExport } from '../../../shared/rpc/contract/privacy.ts';
import type { Backend } from '../../link/backend.ts';
import { answersOf } from '../../state/passport-store.ts';
import type { TileFacts } from '../../state/tile-store.ts';

/** Takes down what leaves before it does: a user may ask to be forgotten, and totals with that user in them are out. */
export async function noteExport(tile: TileFacts, form: NewExport['form'], backend: Backend): Promise<void> {
  const specs = answersOf(tile.questions).map(({ spec }) => spec);
  const [first] = specs;
  if (first === undefined) return;
  const days = specs
    .flatMap(({ range }) => [dayOf(range?.from, FIRST_DAY), dayOf(range?.to, LAST_DAY)])
    .sort();
  const [from = FIRST_DAY, to = LAST_DAY] = [days[0], days.at(-1)];
  const name = `${tile.title}, ${tile.subtitle}`.slice(0, LONGEST_NAME);
  await backend.call('command.export.note', { environment: first.environment, name, form, from, to });
}

const LONGEST_NAME = 300;
const FIRST_DAY = '1970-01-01'; // a question without an end is of everything
const LAST_DAY = '9999-12-31';

const dayOf = (at: string | null | undefined, open: string): string => at?.slice(0, 10) ?? open;
