import { type DayNumber, HOUR_MS, MINUTE_MS, isoDateOf, wallToUtcMs } from './calendar.ts';
import { TAKEOVER } from './cast.ts';
import { uuidOf } from './identifiers.ts';
import { createRandom } from './random.ts';
import type { Story } from './story.ts';
import { SAMPLE_ENVIRONMENT } from './wire.ts';

/** One operation of the append-only annotation log (DATA §6). */
export interface AnnotationOperation {
  op_id: string;
  annotation_id: string;
  kind: 'create' | 'edit' | 'reply';
  fields: Record<string, unknown>;
  /** `<ms>-<counter>-<device>`, zero-padded, so that clocks compare as text. */
  hlc: string;
  device: string;
  author: string;
}

export interface AnnotationFile {
  path: string;
  operation: AnnotationOperation;
}

export const ANNOTATION_FOLDER = 'annotations';
export const ANNOTATION_KEY_TEMPLATE = 'annotations/${ENV}/ops/';

const DESK = 'dev_oslo_desk';
const LAPTOP = 'dev_maya_laptop';

interface Draft {
  annotation: number;
  kind: AnnotationOperation['kind'];
  fields: Record<string, unknown>;
  tsMs: number;
  device: string;
  author: string;
}

/** Four annotations by two devices; the text of the third was edited on both since they last met. */
export function annotationFilesOf(story: Story): AnnotationFile[] {
  const random = createRandom(story.seed, 'annotations');
  const ids = Array.from({ length: 4 }, () => `ann_${uuidOf(random).slice(0, 8)}`);
  const drafts = [...liftNote(story), ...dropNote(story), ...conflictNote(story), ...takeoverNote(story)];
  const sequence = new Map<string, number>();
  const createdBy = new Map<number, string>();
  return drafts
    .filter(({ tsMs }) => tsMs <= story.asOfMs)
    .sort((a, b) => a.tsMs - b.tsMs)
    .map((draft) => {
      const next = (sequence.get(draft.device) ?? 0) + 1;
      sequence.set(draft.device, next);
      const opId = uuidOf(random);
      if (draft.kind === 'create') createdBy.set(draft.annotation, opId);
      const fields = draft.kind === 'edit' ? { ...draft.fields, saw: sawOf(draft, createdBy) } : draft.fields;
      return fileOf(
        { ...draft, fields },
        { annotationId: ids[draft.annotation] ?? '', opId, sequence: next },
      );
    });
}

/** Every edit of the sample was made from the annotation as it was created: two of them are a conflict. */
function sawOf(
  { annotation, fields }: Draft,
  createdBy: ReadonlyMap<number, string>,
): Record<string, string[]> {
  return Object.fromEntries(Object.keys(fields).map((field) => [field, [createdBy.get(annotation) ?? '']]));
}

function fileOf(
  { kind, fields, tsMs, device, author }: Draft,
  { annotationId, opId, sequence }: { annotationId: string; opId: string; sequence: number },
): AnnotationFile {
  const hlc = `${String(tsMs).padStart(15, '0')}-0000-${device}`;
  const name = `${String(sequence).padStart(6, '0')}-${opId}.json`;
  return {
    path: `${ANNOTATION_FOLDER}/${ANNOTATION_KEY_TEMPLATE.replace('${ENV}', SAMPLE_ENVIRONMENT)}${device}/${name}`,
    operation: { op_id: opId, annotation_id: annotationId, kind, fields, hlc, device, author },
  };
}

const at = (day: DayNumber, hour: number, minute: number): number =>
  wallToUtcMs(day, hour * HOUR_MS + minute * MINUTE_MS);

const captureTarget = { view: 'practices', metric: 'capture_rate', filters: [], breakdown: null };

function liftNote({ liftDay, lastDay }: Story): Draft[] {
  const day = liftDay ?? lastDay - 21;
  return [
    {
      annotation: 0,
      kind: 'create',
      tsMs: at(day + 1, 9, 12),
      device: DESK,
      author: 'Tomas Ek',
      fields: {
        target: captureTarget,
        anchor: { kind: 'range', from: isoDateOf(day), to: isoDateOf(day) },
        title: liftDay === null ? 'Newsletter day' : 'Reminder copy test',
        body:
          liftDay === null ? 'The newsletter went out; nothing moved.' : 'One-day copy test raised capture.',
        tags: ['experiment'],
        status: 'outcome',
      },
    },
  ];
}

function dropNote({ drop, lastDay }: Story): Draft[] {
  const from = drop?.days[0] ?? lastDay - 8;
  const create: Draft = {
    annotation: 1,
    kind: 'create',
    tsMs: at(from + 1, 10, 40),
    device: LAPTOP,
    author: 'Elif Norberg',
    fields: {
      target: captureTarget,
      anchor: { kind: 'range', from: isoDateOf(from), to: isoDateOf(from + 2) },
      title: drop === null ? 'Catalogue wording updated' : 'Prompt hidden by rating sheet',
      body:
        drop === null
          ? 'New descriptions for three practices. No change expected.'
          : 'The rating sheet opens before the reaction prompt, so people close it and never see the states.',
      tags: drop === null ? ['catalogue'] : [`release ${drop.release.version}`, 'prompt'],
      status: 'action',
    },
  };
  if (drop === null) return [create];
  const reply = {
    body: `Fix goes out with ${drop.fix.version}. Please keep the days in the report but marked.`,
  };
  return [
    create,
    {
      annotation: 1,
      kind: 'reply',
      tsMs: at(from + 1, 16, 4),
      device: DESK,
      author: 'Maya Brandt',
      fields: reply,
    },
  ];
}

function conflictNote({ drop, lastDay }: Story): Draft[] {
  const day = lastDay - 3;
  const base = drop === null ? 'Weekends are quieter.' : 'Capture is recovering.';
  const mine =
    drop === null
      ? 'Weekends are quieter, iOS most of all.'
      : 'Capture back to normal since Monday, iOS only.';
  const theirs = drop === null ? 'Weekends are a fifth quieter.' : 'Capture back to normal since Tuesday.';
  return [
    {
      annotation: 2,
      kind: 'create',
      tsMs: at(day, 9, 5),
      device: DESK,
      author: 'Maya Brandt',
      fields: {
        target: captureTarget,
        anchor: { kind: 'instant', at: new Date(at(day, 0, 0)).toISOString() },
        title: drop === null ? 'Weekend pattern' : `Fix in ${drop.fix.version}`,
        body: base,
        tags: [],
        status: 'outcome',
      },
    },
    edit({ body: theirs }, at(lastDay, 8, 20), DESK, 'Maya Brandt'),
    edit({ body: mine }, at(lastDay, 8, 59), LAPTOP, 'Elif Norberg'),
  ];
}

const edit = (fields: Record<string, unknown>, tsMs: number, device: string, author: string): Draft => ({
  annotation: 2,
  kind: 'edit',
  fields,
  tsMs,
  device,
  author,
});

function takeoverNote({ lastDay }: Story): Draft[] {
  const day = lastDay - TAKEOVER.sinceDaysBeforeEnd;
  return [
    {
      annotation: 3,
      kind: 'create',
      tsMs: at(day + 1, 11, 30),
      device: LAPTOP,
      author: 'Elif Norberg',
      fields: {
        target: {
          view: 'masters',
          metric: 'master_impact',
          filters: [{ property: 'master_id', op: 'is', value: TAKEOVER.masterId }],
          breakdown: TAKEOVER.practiceId,
        },
        anchor: { kind: 'instant', at: new Date(at(day, 0, 0)).toISOString() },
        title: 'Took over Focus primer',
        body: 'Leads more than a third of Focus primer from today on.',
        tags: ['catalogue'],
        status: 'note',
      },
    },
    {
      annotation: 3,
      kind: 'edit',
      tsMs: at(lastDay - 24, 13, 15),
      device: DESK,
      author: 'Tomas Ek',
      fields: { status: 'action' },
    },
  ];
}
