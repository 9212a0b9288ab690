import type { CohortCell, CohortDefinition, CohortRule } from '../../../shared/query/cohort.ts';
import type { Answer } from '../../../shared/query/answer.ts';
import type { Range } from '../../../shared/query/common-spec.ts';
import { AppError } from '../../../shared/errors.ts';
import { resolveRange } from '../../../shared/time/range.ts';
import type { Calendar } from '../../../shared/time/buckets.ts';
import { fits } from './occurrences.ts';
import { wholeAxis } from './axis.ts';
import { matchEvents } from './event-match.ts';
import type { FilterCompiler } from './expression.ts';
import { Grouping } from './grouping.ts';
import { compileUserTest, EVERYONE, usersOf } from './people.ts';
import { runScans, type ScanContext } from './scan.ts';

/** Users of a cohort: 1 at the code of each member; index 0 is "no user" and never one. */
export type MemberSet = Uint8Array;

export interface CohortContext extends ScanContext {
  calendar: Calendar;
  compiler: FilterCompiler;
  /** Asks a question for all the members of its cells. */
  askMembers: (question: Record<string, unknown>) => Promise<Answer>;
}

export async function cohortMembers(
  definition: CohortDefinition,
  context: CohortContext,
): Promise<MemberSet> {
  if ('users' in definition) return setOfIds(context, definition.users);
  if ('all' in definition) return allOf(context, definition.all);
  return membersOfCell(context, definition);
}

const emptySet = ({ view }: ScanContext): MemberSet => new Uint8Array(view.dictionary('user_id').count + 1);

function setOfIds(context: ScanContext, ids: readonly string[]): MemberSet {
  const set = emptySet(context);
  const dictionary = context.view.dictionary('user_id');
  for (const id of ids) {
    const code = dictionary.codeOf(id);
    if (code !== 0) set[code] = 1;
  }
  return set;
}

async function allOf(context: CohortContext, rules: readonly CohortRule[]): Promise<MemberSet> {
  const set = emptySet(context).fill(1, 1);
  for (const rule of rules) {
    const own = await membersByRule(context, rule);
    for (let user = 1; user < set.length; user++) set[user] = (set[user] as number) & (own[user] as number);
  }
  return set;
}

async function anyOf(context: CohortContext, rules: readonly CohortRule[]): Promise<MemberSet> {
  const set = emptySet(context);
  for (const rule of rules) {
    const own = await membersByRule(context, rule);
    for (let user = 1; user < set.length; user++) set[user] = (set[user] as number) | (own[user] as number);
  }
  return set;
}

function membersByRule(context: CohortContext, rule: CohortRule): Promise<MemberSet> {
  if ('any' in rule) return anyOf(context, rule.any);
  if ('user' in rule) {
    const test = compileUserTest(context.view, [rule.user]);
    return Promise.resolve(emptySet(context).map((_, user) => (user > 0 && test(user) ? 1 : 0)));
  }
  return membersWhoDid(context, rule);
}

async function membersWhoDid(
  context: CohortContext,
  { did, times, range, not }: Extract<CohortRule, { did: unknown }>,
): Promise<MemberSet> {
  const counts = new Int32Array(context.view.dictionary('user_id').count + 1);
  const { startMs, endMs } = resolveRange(range ?? OPEN, context.calendar.zone);
  await runScans(context, [
    {
      axis: wholeAxis(startMs ?? -Infinity, endMs ?? Infinity),
      match: matchEvents(did, { compiler: context.compiler, filters: [] }),
      grouping: new Grouping([]),
      people: EVERYONE,
      take({ batch, rows, count }) {
        const users = usersOf(batch);
        if (users === null) return;
        for (let i = 0; i < count; i++) {
          const user = users[rows[i] as number] as number;
          counts[user] = (counts[user] as number) + 1;
        }
      },
    },
  ]);
  return emptySet(context).map((_, user) =>
    user > 0 && fits(times, counts[user] as number) !== not ? 1 : 0,
  );
}

const OPEN: Range = { from: null, to: null };

async function membersOfCell(
  context: CohortContext,
  { question, cell }: Extract<CohortDefinition, { question: unknown }>,
): Promise<MemberSet> {
  const answer = await context.askMembers(question);
  return setOfIds(context, idsAt(answer, cell));
}

function idsAt(answer: Answer, cell: CohortCell): readonly string[] {
  const { result } = answer;
  if ('step' in cell && 'steps' in result) {
    const at = (step: number): readonly string[] => result.steps[step]?.members ?? [];
    if (cell.step >= result.steps.length) throw beyond('cell.step', 'the last step');
    if (!cell.dropped) return at(cell.step);
    if (cell.step === 0)
      throw new AppError('bad-input', 'cohort.cell.dropped: nobody drops off before the first step', {
        path: 'cohort.cell.dropped',
      });
    const reached = new Set(at(cell.step));
    return at(cell.step - 1).filter((id) => !reached.has(id));
  }
  if ('period' in cell && 'cohorts' in result) {
    const startMs = Date.parse(cell.cohort);
    const cohort = result.cohorts.find(({ start }) => Date.parse(start) === startMs);
    if (cohort === undefined)
      throw new AppError('bad-input', `cohort.cell.cohort: no cohort begins at ${cell.cohort}`, {
        path: 'cohort.cell.cohort',
      });
    return cohort.cells[cell.period]?.members ?? [];
  }
  if ('status' in cell && 'newMembers' in result) {
    const bucketMs = Date.parse(cell.bucket);
    const bucket = result.buckets.findIndex((start) => Date.parse(start) === bucketMs);
    if (bucket < 0)
      throw new AppError('bad-input', `cohort.cell.bucket: no bucket begins at ${cell.bucket}`, {
        path: 'cohort.cell.bucket',
      });
    return result[`${cell.status}Members`]?.[bucket] ?? [];
  }
  if ('count' in cell && 'counts' in result) return result.members?.[cell.count - 1] ?? [];
  throw new AppError('bad-input', `cohort.cell does not fit a question of kind "${answer.kind}"`, {
    path: 'cohort.cell',
  });
}

const beyond = (path: string, last: string): AppError =>
  new AppError('bad-input', `cohort.${path} is beyond ${last}`, { path: `cohort.${path}` });
