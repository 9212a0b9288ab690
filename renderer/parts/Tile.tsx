import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { ExportRow } from '../../shared/export/export-table.ts';
import { FreshnessPopover } from '../app/FreshnessPopover.tsx';
import type { GoodAnswer } from '../link/coordinator.ts';
import type { Question } from '../link/use-question.ts';
import type { TileId } from '../state/address.ts';
import { useAddress } from '../state/address-store.ts';
import { answersOf, usePassport } from '../state/passport-store.ts';
import { useSession } from '../state/session-store.ts';
import { useTiles } from '../state/tile-store.ts';
import { TileFirings, useFiringsOf } from '../views/alerts/marks/tile-firings.ts';
import { AnnotateButton } from '../notes/AnnotateButton.tsx';
import { MarkPins } from '../notes/MarkPins.tsx';
import { TileContext } from '../notes/tile-context.ts';
import { Icon } from './Icon.tsx';
import { Popover } from './Popover.tsx';
import { TileFetching } from './TileFetching.tsx';
import { TileMenu } from './TileMenu.tsx';
import { FailedBlock, FailedLine, OfflineLine, StoppedBlock } from './TileTroubles.tsx';
import { neighbourTile } from './tile-neighbours.ts';
import './tile.css';

export interface TileProps {
  id: TileId;
  title: string;
  subtitle: string;
  /** One sentence: measure, latest, change, freshness. */
  summary: string;
  questions: readonly Question[];
  /** What is still filling because of a late source. */
  lateEffect: string;
  legend?: ReactNode;
  /** Shown under the header. */
  line?: ReactNode;
  /** Drawn when nothing matched. */
  empty: ReactNode | null;
  chart: ReactNode;
  table: ReactNode;
  /** Which rows of its answers the tile draws, and therefore exports; default: all. */
  draws?: (row: ExportRow) => boolean;
}

/** A tile is a figure that says what it knows, how old it is, and what to do next. */
export function Tile(props: TileProps) {
  const { id, title, subtitle, summary, questions, legend, line } = props;
  const tables = useAddress(({ address }) => address.tables);
  const go = useAddress((state) => state.go);
  const isTable = tables.includes(id);
  const toggle = () => {
    go({ tables: isTable ? tables.filter((each) => each !== id) : [...tables, id] });
  };
  const isFetching = questions.some(({ state }) => state.fetching !== null);
  const figure = useRegisteredTile(props);
  const firings = useFiringsOf(questions);
  const focusTile = useTiles((state) => state.focus);
  return (
    <figure
      ref={figure}
      className="tile"
      data-tile={id}
      data-mode={isTable ? 'table' : 'chart'}
      tabIndex={0}
      aria-label={`${title}. ${summary}`}
      aria-busy={isFetching}
      onFocus={() => {
        focusTile(id);
      }}
      onClick={(event) => {
        openNumber(event, props);
      }}
      onKeyDown={(event) => {
        onTileKey(event, toggle);
      }}
    >
      <div className="tile-head">
        <h2>{title}</h2>
        <span className="tile-subtitle" title={subtitle}>
          {subtitle}
        </span>
        {legend}
        <TileFetching questions={questions} place="head" />
        <TileBadges {...props} />
        <span className="tile-tools">
          <AnnotateButton title={title} />
          <button
            type="button"
            className="button-icon"
            aria-pressed={isTable}
            aria-label={`${title} as a table`}
            aria-keyshortcuts="T"
            title={isTable ? 'Chart (T)' : 'Table (T)'}
            onClick={toggle}
          >
            <Icon name={isTable ? 'chart' : 'table'} />
          </button>
          <TileMenu id={id} title={title} />
        </span>
      </div>
      {line}
      <FailedLine questions={questions} />
      <OfflineLine questions={questions} />
      <div className="tile-body">
        <TileContext value={id}>
          <TileFirings value={firings}>
            <TileBody {...props} isTable={isTable} />
          </TileFirings>
          <MarkPins />
        </TileContext>
        <TileFetching questions={questions} place="foot" />
      </div>
    </figure>
  );
}

/** Known to the menu, the palette and the keys of the frame for as long as it is on screen. */
function useRegisteredTile(props: TileProps) {
  const figure = useRef<HTMLElement>(null);
  const newest = useRef(props);
  const register = useTiles((state) => state.register);
  useEffect(() => {
    newest.current = props;
  });
  useEffect(
    () =>
      register(props.id, () => {
        const { id, title, subtitle, summary, questions, draws = everyRow } = newest.current;
        const element = figure.current;
        return element === null ? null : { id, title, subtitle, summary, questions, draws, element };
      }),
    [register, props.id],
  );
  return figure;
}

const everyRow = () => true;

/** A number of the table opens its passport. */
function openNumber({ target }: MouseEvent, { title, questions }: TileProps): void {
  const cell =
    target instanceof Element ? target.closest<HTMLElement>('.data-table td[data-number="true"]') : null;
  const row = cell?.closest('tr');
  const table = cell?.closest('table');
  if (cell == null || row == null || table == null) return;
  const at = [...row.children].indexOf(cell);
  const column = table.querySelector('thead tr')?.children[at]?.textContent ?? '';
  const name = row.querySelector('[scope="row"]')?.textContent ?? '';
  usePassport.getState().open({
    title,
    value: cell.textContent,
    detail: [column, name].filter(Boolean).join(', '),
    answers: answersOf(questions),
  });
}

function TileBody({ questions, empty, chart, table, isTable }: TileProps & { isTable: boolean }) {
  const failed = questions.find(({ state }) => state.status === 'failed' && state.good === null);
  if (failed !== undefined) return <FailedBlock question={failed} />;
  const stopped = questions.find(({ state }) => state.status === 'idle' && state.stopped);
  if (stopped !== undefined) return <StoppedBlock question={stopped} />;
  if (empty !== null && questions.every(({ state }) => state.status === 'ready')) return empty;
  return isTable ? table : chart;
}

function TileBadges({ questions, lateEffect }: TileProps) {
  const link = useSession((state) => state.link);
  const answers = questions.map(({ state }) => state.good).filter((good) => good !== null);
  return (
    <>
      <NotesBadge answers={answers} />
      {link === 'offline' && (
        <span className="badge badge-quiet" title="The link to the engine is lost; the last answers stay">
          <Icon name="cloud-off" />
          <span className="badge-text">Offline</span>
        </span>
      )}
      <FreshnessBadge answers={answers} lateEffect={lateEffect} />
    </>
  );
}

function NotesBadge({ answers }: { answers: GoodAnswer[] }) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const notes = [...new Set(answers.flatMap(({ answer }) => answer.notes))];
  if (notes.length === 0) return null;
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="badge badge-quiet"
        aria-expanded={isOpen}
        aria-haspopup="dialog"
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        <Icon name="info" />
        <span className="badge-text">{notes.length === 1 ? 'Note' : `${notes.length} notes`}</span>
      </button>
      {isOpen && (
        <Popover
          anchor={anchor}
          label="Notes"
          align="end"
          onClose={() => {
            setOpen(false);
          }}
        >
          <div className="tile-notes">
            {notes.map((note) => (
              <p key={note}>{note}</p>
            ))}
          </div>
        </Popover>
      )}
    </>
  );
}

/** Named exactly "Freshness degraded"; it opens what is late and what that affects. */
function FreshnessBadge({ answers, lateEffect }: { answers: GoodAnswer[]; lateEffect: string }) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const workspace = useSession((state) => state.workspace);
  const late = answers.flatMap(({ answer }) => answer.lateSources);
  const unique = late.filter(({ name }, index) => late.findIndex((each) => each.name === name) === index);
  if (workspace === null || answers.every(({ answer }) => answer.fresh)) return null;
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="badge badge-warn"
        aria-expanded={isOpen}
        aria-haspopup="dialog"
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        <Icon name="clock" />
        Freshness degraded
      </button>
      {isOpen && (
        <FreshnessPopover
          anchor={anchor}
          zone={workspace.zone}
          now={workspace.now}
          affected={lateEffect}
          sources={unique.map(({ name, completeTo, lagMs, targetMs }) => ({
            name,
            completeTo,
            lagMs,
            freshnessTargetMs: targetMs,
          }))}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </>
  );
}

/** T turns chart and table; arrows go to the tile beside, Enter into the chart, Esc out of it. */
function onTileKey(event: KeyboardEvent<HTMLElement>, toggle: () => void): void {
  const tile = event.currentTarget;
  if (event.ctrlKey || event.metaKey || event.altKey || isTextField(event.target)) return;
  if (event.key === 't' || event.key === 'T') {
    event.preventDefault();
    toggle();
    return;
  }
  if (event.key === 'Escape' && event.target !== tile) {
    event.stopPropagation();
    tile.focus();
    return;
  }
  if (event.target !== tile) return;
  if (event.key === 'Enter') {
    event.preventDefault();
    tile.querySelector<HTMLElement>('[data-chart-area], .data-table')?.focus();
  }
  const next = neighbourTile(tile, event.key);
  if (next === null) return;
  event.preventDefault();
  next.focus();
}

const isTextField = (target: EventTarget): boolean => target instanceof HTMLInputElement;
