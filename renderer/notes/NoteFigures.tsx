import { valueChange } from '../../shared/annotations/anchor.ts';
import type { ShownAnnotation } from '../../shared/rpc/contract/annotations.ts';
import { formatDate } from '../../shared/format/calendar.ts';
import { useQuestion } from '../link/use-question.ts';
import { Icon } from '../parts/Icon.tsx';
import type { DateSpan } from '../state/date-presets.ts';
import { beforeAfterQuestions, nowQuestion } from './measured-questions.ts';
import { anchorKey, markOf } from './note-mark.ts';
import { changeInWords, dateOf, type NoteSurroundings, valueInWords } from './note-words.ts';

interface NoteFiguresProps {
  note: ShownAnnotation;
  span: DateSpan;
  /** The view stands as it stood when the note was written. */
  isSameView: boolean;
  surroundings: NoteSurroundings;
}

/** What became of the number that a note discusses, and what changed from the date of its action on. */
export function NoteFigures(props: NoteFiguresProps) {
  const { note } = props;
  return (
    <>
      {note.discussed !== null && <Discussed {...props} />}
      {note.actionAt !== null && note.status !== 'note' && <SinceAction {...props} />}
    </>
  );
}

function Discussed({ note, span, isSameView, surroundings }: NoteFiguresProps) {
  const { environment, zone, today } = surroundings;
  const asked = nowQuestion(note, { environment: environment.environment, zone, today, span });
  const answered = useTotal(`note.now.${note.annotationId}`, asked);
  const now = asked === null && isSameView ? valueOnScreen(note) : answered;
  const { discussed, target } = note;
  const metric = target?.metric ?? null;
  if (discussed === null) return null;
  const change = now === undefined ? null : valueChange(discussed, now);
  const was = valueInWords(metric, discussed.value);
  const isMoved = change !== null && valueInWords(metric, change.now) !== was;
  if (!isMoved) return <p className="note-figure">{was} when it was written</p>;
  return (
    <p className="note-figure" data-beyond={change.isBeyondInterval}>
      {change.isBeyondInterval && <Icon name="alert" />}
      was {was}, now {valueInWords(metric, change.now)}
      {change.isBeyondInterval && discussed.interval !== null && ', outside the interval it had'}
    </p>
  );
}

/** Of a row or cell that the open view draws. undefined: it does not. */
function valueOnScreen({ anchor }: ShownAnnotation): number | null | undefined {
  if (anchor === null) return undefined;
  const key = anchorKey(anchor);
  const marks = [...document.querySelectorAll('[data-tile] [data-note]')].map(markOf);
  return marks.find((mark) => mark !== null && anchorKey(mark.anchor) === key)?.value;
}

function SinceAction({ note, span, surroundings }: NoteFiguresProps) {
  const { environment, zone, today } = surroundings;
  const asked = beforeAfterQuestions(note, { environment: environment.environment, zone, today, span });
  const before = useTotal(`note.before.${note.annotationId}`, asked?.before ?? null);
  const after = useTotal(`note.after.${note.annotationId}`, asked?.after ?? null);
  const metric = note.target?.metric ?? null;
  const day = formatDate(dateOf(note.actionAt ?? '', zone), today);
  if (asked === null) return <p className="note-figure">Action on {day}; nothing to measure yet</p>;
  const days = asked.days === 1 ? 'day' : `${asked.days} days`;
  if (before == null || after == null) return <p className="note-figure">Action on {day}</p>;
  return (
    <p className="note-figure">
      Action on {day}: {valueInWords(metric, before)} in the {days} before,{' '}
      <strong>{valueInWords(metric, after)}</strong> after ({changeInWords(metric, before, after)})
    </p>
  );
}

/** The total of the only series. undefined: not known yet. */
function useTotal(slot: string, spec: Parameters<typeof useQuestion>[1]): number | null | undefined {
  const { state } = useQuestion(slot, spec);
  const answer = state.good?.answer;
  if (spec === null || answer?.kind !== 'trend') return undefined;
  return answer.result.series[0]?.total ?? null;
}
