import { formatCount, formatPoints, formatRate } from '../../../shared/format/numbers.ts';
import type { PageFinding } from '../../app/ViewPage.tsx';
import { isSignificant } from '../../state/difference.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { CAPTURE, clearRows, type ShiftRow } from '../practices/shift.ts';
import type { MasterRow } from '../practices/columns.ts';
import type { Peers } from './columns.ts';
import type { Subject } from './subject.ts';

interface FindingInput {
  subject: Subject;
  peers: Peers | null;
  /** The subject against all others. */
  against: readonly ShiftRow[] | null;
  impact: MasterRow | null;
  hasFilters: boolean;
}

/** The sentence that a page opens with: the capture rate beside the others, then the state that differs most. */
export function describeSubject({
  subject,
  peers,
  against,
  impact,
  hasFilters,
}: FindingInput): PageFinding | null {
  if (
    peers === null ||
    against === null ||
    (subject.kind === 'master' && impact === null && peers.own.completed > 0)
  )
    return null;
  const { own } = peers;
  if (own.completed === 0 && own.n === 0)
    return {
      lead: `No sessions of ${subject.name} in these dates${hasFilters ? ' match these filters' : ''}.`,
      rest: '',
    };
  if (own.completed < SMALL_SAMPLE)
    return {
      lead: `Too few sessions to judge: n ${formatCount(own.completed)}.`,
      rest: ` Capture ${formatRate(own.rate.value)} so far.`,
    };
  const lead = subject.kind === 'master' ? impactInWords(impact) : captureInWords(against, peers);
  const state = clearRows(against).find(({ id }) => id !== CAPTURE);
  const rest =
    state === undefined
      ? ' No state differs from the others beyond chance.'
      : ` ${state.name} is ${formatRate(state.one.value)} here, ${formatRate(state.other.value)} elsewhere.`;
  return { lead, rest };
}

function captureInWords(against: readonly ShiftRow[], { own }: Peers): string {
  const capture = against.find(({ id }) => id === CAPTURE);
  if (capture === undefined || capture.difference === null || !isSignificant(capture.difference))
    return `Capture is ${formatRate(own.rate.value)}, like other practices.`;
  const { points } = capture.difference;
  const size = formatPoints(Math.abs(points)).replace('+', '').replace(' pp', '');
  return `Capture is ${size} points ${points < 0 ? 'below' : 'above'} other practices.`;
}

function impactInWords(impact: MasterRow | null): string {
  const value = impact?.impact.value ?? null;
  const { low = null, high = null } = impact?.impact ?? {};
  if (value === null || low === null || high === null) return 'Nothing to compare the capture rate with.';
  if (low <= 0 && high >= 0) return 'Capture is what the practice mix leads to expect.';
  const size = formatPoints(Math.abs(value)).replace('+', '').replace(' pp', '');
  return `Capture is ${size} points ${value < 0 ? 'below' : 'above'} expected.`;
}
