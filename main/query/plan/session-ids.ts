import { SESSION_GAP_MS } from '../../../shared/domain/events.ts';
import type { Codes } from '../columns/batch.ts';
import type { EnvironmentView } from '../columns/environment-view.ts';
import { gatherCodes } from '../kernels/js/narrow.ts';
import type { IdSource } from './id-source.ts';
import type { Pace } from './pace.ts';
import type { Question } from './question.ts';

/** Sessions of rows: named ones by their code, derived ones where events of a user name none (DATA §1). */
export async function sessionIds(question: Question): Promise<IdSource> {
  if (await hasLooseEvents(question)) {
    const index = await question.sessions({ gapMs: SESSION_GAP_MS, passive: [] });
    return { universe: index.count, assign: index.assign };
  }
  return {
    universe: question.view.dictionary('session_id').count,
    assign: ({ batch, rows, count }, out) => {
      const sessions = batch.column('session');
      if (sessions === undefined) out.fill(0, 0, count);
      else gatherCodes(sessions.values as Codes, rows, count, out);
    },
  };
}

/** Whether any event of a user lies in no named session; found out once per view. */
async function hasLooseEvents({ view, pace }: Question): Promise<boolean> {
  const found = view.memo<{ value?: boolean }>('loose-events', () => ({}));
  found.value ??= await findLooseEvents(view, pace);
  return found.value;
}

async function findLooseEvents(view: EnvironmentView, pace: Pace): Promise<boolean> {
  for (const segment of view.segments) {
    const batch = view.batch(segment);
    const users = batch.column('user')?.values as Codes | undefined;
    const sessions = batch.column('session')?.values as Codes | undefined;
    if (users !== undefined && holdsLooseEvent(users, sessions)) return true;
    await pace.breathe();
  }
  return false;
}

function holdsLooseEvent(users: Codes, sessions: Codes | undefined): boolean {
  if (sessions === undefined) return users.some((user) => user !== 0);
  for (let row = sessions.indexOf(0); row >= 0; row = sessions.indexOf(0, row + 1)) {
    if (users[row] !== 0) return true;
  }
  return false;
}
