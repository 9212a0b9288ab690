import { itemOfSpec } from '../../../shared/alerts/item-of-spec.ts';
import { DEFAULT_WATCH } from '../../../shared/alerts/watch.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Backend } from '../../link/backend.ts';
import { answersOf } from '../../state/passport-store.ts';
import type { TileFacts } from '../../state/tile-store.ts';

/** Puts what a tile shows on the watch list of its environment; answers with what was done. */
export async function watchTile({ title, questions }: TileFacts, backend: Backend): Promise<string> {
  const [first] = answersOf(questions);
  if (first === undefined) throw new AppError('bad-input', `${title}: there is no answer to watch yet`);
  const { spec } = first;
  const { environment } = spec;
  const { settings } = await backend.call('query.alerts', { environment });
  const watch = settings.watch ?? [...DEFAULT_WATCH];
  const item = itemOfSpec(spec, title, new Set(watch.map(({ itemId }) => itemId)));
  const known = watch.find(({ subject, splitBy }) =>
    sameText([subject, splitBy], [item.subject, item.splitBy]),
  );
  if (known !== undefined) return `${title} is watched already`;
  await backend.call('command.alert.settings.save', {
    environment,
    settings: { ...settings, watch: [...watch, item] },
  });
  return `${title} is watched from the next check on`;
}

const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
