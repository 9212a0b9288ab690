import { formatLocalMoment, formatZoneOffset } from '../../../shared/format/local-time.ts';
import { formatCount, formatQuantity, formatRate } from '../../../shared/format/numbers.ts';
import { answerTables } from '../../../shared/export/answer-tables.ts';
import { toCsv } from '../../../shared/export/csv.ts';
import { peopleQuestions } from '../../../shared/export/people.ts';
import { footnoteLine, type NotedMasking, withNotes } from '../../../shared/export/notes.ts';
import { maskSmallGroups, maskText } from '../../../shared/export/small-groups.ts';
import type { Backend } from '../../link/backend.ts';
import type { GoodAnswer } from '../../link/coordinator.ts';
import { notesLeavingWith } from '../../notes/exported-notes.ts';
import { formatAddress } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { compareInWords, datesInWords, filtersInWords } from '../../state/address-words.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { VIEW_LABELS } from '../../state/names.ts';
import { answersOf } from '../../state/passport-store.ts';
import { environmentOf, useSession } from '../../state/session-store.ts';
import { calendarOf } from '../../state/span-of.ts';
import type { TileFacts } from '../../state/tile-store.ts';

/** What leaves with a tile, whatever its form: what it says, of what, until when, and with which groups left out. */
export interface TileExport {
  title: string;
  finding: string;
  /** Lines about filters, dates, zone, completeness, small groups. */
  remarks: string[];
  masking: NotedMasking;
}

export async function exportOf(tile: TileFacts, backend: Backend): Promise<TileExport> {
  const answers = answersOf(tile.questions);
  const tables = answers
    .flatMap(({ spec, answer }) => answerTables(spec, answer, { smallSample: SMALL_SAMPLE }))
    .map((table) => ({ ...table, rows: table.rows.filter(tile.draws) }))
    .filter(({ rows }) => rows.length > 0);
  const [people, leaving] = await Promise.all([peopleBehind(answers, backend), notesOf(tile, backend)]);
  const masking = withNotes(maskSmallGroups(tables, people), leaving.notes, leaving.zone);
  return {
    title: `${tile.title}, ${tile.subtitle}`,
    finding: document.querySelector('.page-finding')?.textContent ?? '',
    remarks: [
      ...contextLines(),
      ...answerLines(answers),
      ...maskLines(masking),
      ...leftNotesLines(leaving.left),
    ],
    masking,
  };
}

export const exportAsCsv = ({ title, finding, remarks, masking }: TileExport): string =>
  toCsv([title, finding, ...remarks, ...masking.footnotes.map(footnoteLine)].filter(Boolean), masking.tables);

async function notesOf({ id }: TileFacts, backend: Backend) {
  const { address } = useAddress.getState();
  const { workspace } = useSession.getState();
  const environment = environmentOf(workspace, address.environment);
  if (workspace === null || environment === null) return { notes: [], left: 0, zone: 'UTC' };
  const { zone } = workspace;
  const { today } = calendarOf(workspace, environment);
  return { ...(await notesLeavingWith(id, backend, { environment, zone, today })), zone };
}

async function peopleBehind(answers: readonly GoodAnswer[], backend: Backend): Promise<Map<string, number>> {
  const people = new Map<string, number>();
  for (const { spec, answer } of answers) {
    for (const { spec: asked, read } of peopleQuestions(spec, answer)) read(await backend.ask(asked), people);
  }
  return people;
}

function contextLines(): string[] {
  const { address } = useAddress.getState();
  const { workspace } = useSession.getState();
  const environment = environmentOf(workspace, address.environment);
  if (workspace === null || environment === null) return [];
  const filters = filtersInWords(address, environment);
  const calendar = calendarOf(workspace, environment);
  return [
    `View: ${VIEW_LABELS[address.view]} of ${workspace.name}, environment ${environment.environment}`,
    `Dates: ${datesInWords(address, calendar)}, compared with ${compareInWords(address)}`,
    `Filters: ${filters.length === 0 ? 'none' : filters.join('; ')}`,
    `Zone: ${workspace.zone} (${formatZoneOffset(workspace.now, workspace.zone)}), weeks start on ${workspace.weekStart}`,
    `Address: ${formatAddress(address)}`,
  ];
}

function answerLines(answers: readonly GoodAnswer[]): string[] {
  const lines = answers.flatMap(({ answer }) => [
    answer.completeTo === null
      ? 'Complete to: no source says'
      : `Complete to: ${formatLocalMoment(answer.completeTo, answer.zone)}`,
    ...(answer.fresh
      ? []
      : [`Freshness degraded: ${answer.lateSources.map(({ name }) => name).join(', ')} late`]),
    ...(answer.partial.length === 0
      ? []
      : [`Still filling: ${formatQuantity(answer.partial.length, 'bucket')}`]),
    ...answer.gaps.map(({ source, from, to }) => `Gap: ${source}, ${from} to ${to}`),
    ...answer.mismatches.map(
      ({ source, day, ratio }) => `Differs from ${source} on ${day}: ${formatRate(ratio)}`,
    ),
    ...answer.notes.map((note) => `Note: ${note}`),
    `Store revision ${formatCount(answer.revision)}, taxonomy ${answer.taxonomyVersion ?? 'none'}`,
  ]);
  return [...new Set(lines), `Small samples: n below ${SMALL_SAMPLE}* are marked`];
}

function maskLines({ masked }: NotedMasking): string[] {
  return [
    masked === 0
      ? `Groups: none of ${maskText()} people`
      : `Groups: ${formatQuantity(masked, 'row')} of ${maskText()}* people left out, in the totals only`,
  ];
}

const leftNotesLines = (left: number): string[] =>
  left === 0 ? [] : [`${formatQuantity(left, 'earlier note')} not listed`];
