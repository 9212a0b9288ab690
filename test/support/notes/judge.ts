import type { Annotation } from '../../../shared/annotations/annotation.ts';
import { foldOperations } from '../../../shared/annotations/fold.ts';
import type { Operation } from '../../../shared/annotations/operation.ts';
import type { AnnotationView } from '../../../shared/annotations/view.ts';
import { ENVIRONMENT, type SimulatedDevice } from './device.ts';
import {
  type StandingText,
  type TextWrite,
  expectedDeletion,
  expectedTexts,
  lastValue,
  placeOf,
  seenThrough,
} from './expected.ts';
import type { Run } from './run.ts';

/** What is wrong once everything has reached everyone; empty where all is well. */
export function judge(run: Run): string[] {
  const [first] = run.devices;
  const state = stateOf(first!);
  return [
    ...run.devices.flatMap((device) =>
      stateOf(device) === state ? [] : [`${device.name} has another state`],
    ),
    ...run.devices.flatMap((device) => foldFailures(run, device)),
    ...run.devices.flatMap((device) => textFailures(run, device)),
    ...run.devices.flatMap(pendingFailures),
    ...oracleFailures(run),
  ];
}

const viewsOf = (device: SimulatedDevice): AnnotationView[] =>
  device.service
    .list({ environment: ENVIRONMENT, withDeleted: true })
    .sort((a, b) => (a.annotationId < b.annotationId ? -1 : 1));

function stateOf(device: SimulatedDevice): string {
  return JSON.stringify(viewsOf(device).map((view) => ({ ...view, isMine: null })));
}

/** The fold that was kept up to date equals one of the whole log in any order, with copies. */
function foldFailures(run: Run, device: SimulatedDevice): string[] {
  const operations = [...device.store.log.all(ENVIRONMENT)].map(({ operation }) => operation);
  const shuffled = run.random.shuffled([
    ...operations,
    ...operations.filter(() => run.random.below(2) === 0),
  ]);
  const folded = foldOperations(shuffled);
  const kept = device.store.folded(ENVIRONMENT);
  return [...folded].flatMap(([id, annotation]) =>
    JSON.stringify(annotation) === JSON.stringify(kept.get(id))
      ? []
      : [`${device.name}: the kept fold of ${id} differs from the fold of its log`],
  );
}

/** No text that was saved is absent, unless a deletion request named a person in it. */
function textFailures(run: Run, device: SimulatedDevice): string[] {
  const log = [...device.store.log.all(ENVIRONMENT)].map(({ operation }) => operation);
  const failures: string[] = [];
  for (const { opId, field, text } of run.texts) {
    if (run.lost.has(opId) || namesRedacted(run, text)) continue;
    const holders = log.filter((operation) => operation.op_id === opId);
    const isThere = holders.some(({ fields }) => JSON.stringify(fields).includes(JSON.stringify(text)));
    if (!isThere && !isEmptiedForOtherText(run, opId))
      failures.push(`${device.name}: "${text}" (${field} of ${opId}) is not in the log`);
  }
  for (const userId of run.redactedUsers) {
    const naming = log.filter(({ fields }) => JSON.stringify(fields).includes(userId));
    for (const { op_id: opId } of naming) failures.push(`${device.name}: ${opId} still names ${userId}`);
  }
  return failures;
}

const namesRedacted = ({ redactedUsers }: Run, text: string): boolean =>
  [...redactedUsers].some((userId) => text.includes(userId));

/** An operation is emptied as a whole: its title goes with its body. */
const isEmptiedForOtherText = (run: Run, opId: string): boolean =>
  run.texts.some((write) => write.opId === opId && namesRedacted(run, write.text));

function pendingFailures(device: SimulatedDevice): string[] {
  return device.service
    .pending(ENVIRONMENT)
    .map(({ opId, reason }) => `${device.name}: ${opId} still waits (${reason})`);
}

/** Every conflict is in sight, and nothing else; the last writer won. */
function oracleFailures(run: Run): string[] {
  const [first] = run.devices;
  const redacted = redactedIds(run);
  const texts = run.texts.filter(({ opId }) => !run.lost.has(opId));
  const standing = expectedTexts(texts, redacted);
  return viewsOf(first!).flatMap((view) => {
    if (run.touched.has(view.annotationId)) return [];
    const operations = first!.service
      .history(ENVIRONMENT, view.annotationId)
      .filter(({ op_id }) => !redacted.has(op_id));
    return [
      ...textConflictFailures(view, standing),
      ...lastWriterFailures(view, operations),
      ...deletionFailures(run, view, standingOf(texts, redacted, standing)),
    ];
  });
}

/** By annotation and field. */
function standingOf(
  writes: readonly TextWrite[],
  redacted: ReadonlySet<string>,
  standing: ReadonlyMap<string, string[]>,
): Map<string, StandingText[]> {
  const groups = Map.groupBy(writes, placeOf);
  return new Map(
    [...standing].map(([place, opIds]) => {
      const emptied = (groups.get(place) ?? []).filter(({ opId }) => redacted.has(opId));
      const hasSeen = seenThrough(emptied);
      return [place, opIds.map((opId) => ({ opId, hasSeen }))];
    }),
  );
}

const redactedIds = (run: Run): Set<string> =>
  new Set(run.texts.filter(({ opId }) => isEmptiedForOtherText(run, opId)).map(({ opId }) => opId));

function textConflictFailures(view: AnnotationView, standing: ReadonlyMap<string, string[]>): string[] {
  const shown = new Map([
    ['title', view.title],
    ['body', view.body],
    ...view.replies.map(({ replyId, body }) => [`reply:${replyId}`, body] as const),
  ]);
  return [...shown].flatMap(([field, state]) => {
    const expected = standing.get(`${view.annotationId} ${field}`) ?? [];
    const found = idsIn(state).sort();
    return JSON.stringify(found) === JSON.stringify(expected)
      ? []
      : [`${view.annotationId} ${field}: ${found.join()} stand, expected ${expected.join()}`];
  });
}

function lastWriterFailures(view: AnnotationView, operations: readonly Operation[]): string[] {
  const failures: string[] = [];
  for (const [field, value] of [
    ['tags', view.tags],
    ['status', view.status],
    ['action_at', view.actionAt],
  ] as const) {
    const expected =
      lastValue(operations, field) ?? (field === 'tags' ? [] : field === 'status' ? 'note' : null);
    if (JSON.stringify(expected) !== JSON.stringify(value))
      failures.push(
        `${view.annotationId} ${field}: ${JSON.stringify(value)}, expected ${JSON.stringify(expected)}`,
      );
  }
  return failures;
}

function deletionFailures(
  run: Run,
  view: AnnotationView,
  standing: ReadonlyMap<string, StandingText[]>,
): string[] {
  const failures: string[] = [];
  const places = [null, ...view.replies.map(({ replyId }) => replyId)];
  for (const replyId of places) {
    const writes = run.deletions.filter(
      (one) => one.annotationId === view.annotationId && one.replyId === replyId && !run.lost.has(one.opId),
    );
    const fields = replyId === null ? fieldsIn(view) : [`reply:${replyId}`];
    const texts = fields.flatMap((field) => standing.get(`${view.annotationId} ${field}`) ?? []);
    const expected = expectedDeletion(writes, texts);
    const { deletion } = replyId === null ? view : view.replies.find((reply) => reply.replyId === replyId)!;
    const found = { isDeleted: deletion !== null, unseen: [...(deletion?.unseen ?? [])].sort() };
    if (JSON.stringify(found) !== JSON.stringify(expected))
      failures.push(
        `${view.annotationId} ${replyId ?? ''}: ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`,
      );
  }
  return failures;
}

const fieldsIn = ({ replies }: Annotation): string[] => [
  'title',
  'body',
  ...replies.map(({ replyId }) => `reply:${replyId}`),
];

const idsIn = ({ versions }: Annotation['body']): string[] => versions.map(({ opId }) => opId);
