import { textOf } from './property-value.ts';
import type { FunnelUnit } from '../../../shared/query/kinds/funnel.ts';
import type { EnvironmentView } from '../columns/environment-view.ts';
import { Grouping } from './grouping.ts';
import { type IdSource, userIds } from './id-source.ts';
import type { Question } from './question.ts';
import { sessionIds } from './session-ids.ts';

/** What a question counts: users, sessions, or values of a property. */
export interface Unit {
  ids: IdSource;
  isUser: boolean;
  /** Text of a unit's number, for lists of members. */
  nameOf: (unit: number) => string;
}

export const userUnit = (view: EnvironmentView): Unit => ({
  ids: userIds(view),
  isUser: true,
  nameOf: (user) => textOf(view.dictionary('user_id').value(user)),
});

export async function unitOf(question: Question, unit: FunnelUnit): Promise<Unit> {
  const { view } = question;
  if (unit === 'user') return userUnit(view);
  if (unit === 'session') return sessionUnit(question);
  return columnUnit(question, unit.property);
}

/** Derived sessions have no id of their own: they are named by their number. */
async function sessionUnit(question: Question): Promise<Unit> {
  const names = question.view.dictionary('session_id');
  return {
    ids: await sessionIds(question),
    isUser: false,
    nameOf: (session) =>
      session <= names.count ? textOf(names.value(session)) : `derived-${session - names.count}`,
  };
}

/** Values of a column or property, numbered as they are met; missing and empty ones are no unit. */
function columnUnit({ view, scratch }: Question, property: string): Unit {
  if (property === 'user_id') return userUnit(view);
  const grouping = new Grouping([{ kind: 'event', property }]);
  return {
    ids: {
      universe: 0,
      assign({ batch, rows, count }, out) {
        grouping.assign(batch, rows, count, out, scratch);
        for (let i = 0; i < count; i++) {
          const group = out[i] as number;
          out[i] = grouping.values[group]?.[0] == null ? 0 : group + 1;
        }
      },
    },
    isUser: false,
    nameOf: (unit) => grouping.values[unit - 1]?.[0] ?? '',
  };
}
