import type { NewExport } from '../../../shared/rpc/contract/privacy.ts';
import type { Backend } from '../../link/backend.ts';
import { answersOf } from '../../state/passport-store.ts';
import type { TileFacts } from '../../state/tile-store.ts';

/** Takes down what leaves before it does: a user may ask to be forgotten, and totals with that user in them are out. */
export async function noteExport(tile: TileFacts, form: NewExport['form'], backend: Backend): Promise<void> {
  const specs = answersOf(tile.questions).map(({ spec }) => spec);
  const [first] = specs;
  if (first === undefined) return;
  const days = specs.flatMap(({ range }) => [range.from.slice(0, 10), range.to.slice(0, 10)]).sort();
  const [from = '', to = ''] = [days[0], days.at(-1)];
  const name = `${tile.title}, ${tile.subtitle}`.slice(0, LONGEST_NAME);
  await backend.call('command.export.note', { environment: first.environment, name, form, from, to });
}

const LONGEST_NAME = 300;
