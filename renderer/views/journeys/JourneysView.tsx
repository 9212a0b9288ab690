import { useCallback, useMemo } from 'react';
import { formatDuration } from '../../../shared/format/durations.ts';
import { formatCount, formatPoints, formatQuantity, formatRate } from '../../../shared/format/numbers.ts';
import type { Answer } from '../../../shared/query/answer.ts';
import type { PathLink } from '../../../shared/query/kind-answers.ts';
import { peopleMark, usePeopleOffers } from '../../cohorts/people-offers.ts';
import { EmptyTile } from '../../app/EmptyTile.tsx';
import { ViewPage } from '../../app/ViewPage.tsx';
import { type Question, useQuestion } from '../../link/use-question.ts';
import { useValues } from '../../link/use-values.ts';
import { seriesAnchor } from '../../notes/table-mark.ts';
import { BarTable, type BarColumn } from '../../parts/BarTable.tsx';
import { ChoiceList } from '../../parts/ChoiceList.tsx';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { MenuButton } from '../../parts/MenuButton.tsx';
import { PopoverButton } from '../../parts/PopoverButton.tsx';
import { Tile } from '../../parts/Tile.tsx';
import type { TileId } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { comparedInWords } from '../../state/compared-words.ts';
import { capitalise, eventLabel } from '../../state/event-names.ts';
import { JOURNEY_ITEMS, JOURNEY_STEPS, type JourneysState } from '../../state/journeys-address.ts';
import { nameOf } from '../../state/names.ts';
import { BAR_FIELDS, hasFilters } from '../../state/question-parts.ts';
import { useReportedCost } from '../../state/use-reported-cost.ts';
import { useViewBase, type ViewBase, type ViewProps } from '../../state/use-view-base.ts';
import { type Flow, flowOf, linkKey, touches } from './columns.ts';
import { allJourneyOffers, journeyOffersAt, linkMark } from './people-offers.ts';
import { GAP_MINUTES, ITEM_SOURCES, itemsQuestion, pathsQuestion } from './questions.ts';
import { SankeyChart } from './SankeyChart.tsx';
import { describeJourneys, ITEM_LABELS } from './words.ts';
import './journeys-view.css';

/** What people do one after the other: the flow, and the same links as a table. */
export function JourneysView(props: ViewProps) {
  const items = useAddress((store) => store.address.journeys.items);
  const base = useViewBase(props, [ITEM_SOURCES[items].event]);
  const state = base.address.journeys;
  const go = useAddress((store) => store.go);
  const question = useQuestion('journeys.paths', pathsQuestion(base));
  useReportedCost([question]);
  const answer = question.state.good?.answer ?? null;
  const flow = useMemo(() => (answer?.kind === 'paths' ? flowOf(answer.result) : null), [answer]);
  const named = useItemNames(base);
  const finding = useMemo(
    () =>
      flow &&
      describeJourneys(flow, { start: state.start, nameOf: named, hasFilters: hasFilters(base.address) }),
    [flow, state.start, named, base.address],
  );
  const change = (changed: Partial<JourneysState>) => {
    go({ journeys: { ...state, ...changed } });
  };
  return (
    <ViewPage
      base={base}
      title="Journeys"
      crumb={state.start === null ? ITEM_LABELS[state.items] : `After ${named(state.start)}`}
      finding={finding}
      isFound={question.state.fetching === null}
      matched={
        flow !== null && (
          <>
            <strong>{formatCount(flow.paths)}</strong> paths
          </>
        )
      }
      choices={<JourneyChoices base={base} nameOf={named} onChange={change} />}
    >
      <div className="journey-tiles">
        <PathsTile base={base} question={question} flow={flow} nameOf={named} onChange={change} />
        <LinksTile base={base} question={question} flow={flow} nameOf={named} />
      </div>
    </ViewPage>
  );
}

function useItemNames({ environment, address }: ViewBase): (item: string) => string {
  const { items } = address.journeys;
  return useCallback(
    (item: string) => {
      if (items === 'practices') return nameOf('practice', item, environment);
      return items === 'events' ? eventLabel(item) : item;
    },
    [items, environment],
  );
}

interface JourneyChoicesProps {
  base: ViewBase;
  nameOf: (item: string) => string;
  onChange: (changed: Partial<JourneysState>) => void;
}

function JourneyChoices({ base, nameOf: named, onChange }: JourneyChoicesProps) {
  const { items, start, steps } = base.address.journeys;
  return (
    <>
      <MenuButton
        label="Items"
        name="Items"
        value={ITEM_LABELS[items].toLowerCase()}
        choices={JOURNEY_ITEMS.map((id) => ({ id, label: ITEM_LABELS[id] }))}
        chosen={items}
        onChoose={(id) => {
          onChange({ items: id, start: null, chosen: null });
        }}
      />
      <PopoverButton label="Start" name="Start" value={start === null ? 'any' : named(start)} opens="dialog">
        {(close) => (
          <StartChoices
            base={base}
            nameOf={named}
            onChoose={(id) => {
              onChange({ start: id, chosen: null });
              close();
            }}
          />
        )}
      </PopoverButton>
      <MenuButton
        label="Columns"
        name="Columns"
        value={String(steps)}
        choices={JOURNEY_STEPS.map((count) => ({
          id: String(count),
          label: formatQuantity(count, 'column'),
        }))}
        chosen={String(steps)}
        onChoose={(id) => {
          onChange({ steps: Number(id), chosen: null });
        }}
      />
    </>
  );
}

const ANY_START = '*';

interface StartChoicesProps {
  base: ViewBase;
  nameOf: (item: string) => string;
  onChoose: (start: string | null) => void;
}

function StartChoices({ base, nameOf: named, onChoose }: StartChoicesProps) {
  const { items, start } = base.address.journeys;
  const property = ITEM_SOURCES[items].by ?? 'event_type';
  const { values, problem } = useValues(base.environment.environment, property, '');
  const choices = values?.values.map(({ value, events }) => ({
    id: value,
    label: named(value),
    detail: formatCount(events),
  }));
  return (
    <ChoiceList
      label="Start"
      choices={choices === undefined ? null : [{ id: ANY_START, label: 'Any' }, ...choices]}
      chosen={start ?? ANY_START}
      problem={problem}
      onChoose={(id) => {
        onChoose(id === ANY_START ? null : id);
      }}
    />
  );
}

interface TileProps {
  base: ViewBase;
  question: Question;
  flow: Flow | null;
  nameOf: (item: string) => string;
}

const NOTHING: Flow = { nodes: [], links: [], paths: 0, remainder: { links: 0, count: 0 }, then: null };
const LATE = 'Paths of the last hours may be cut short.';

function PathsTile(props: TileProps & { onChange: (changed: Partial<JourneysState>) => void }) {
  const { base, question, flow, nameOf: named, onChange } = props;
  const { chosen, steps } = base.address.journeys;
  const shown = flow ?? NOTHING;
  useJourneyOffers('journey-paths', props);
  return (
    <Tile
      id="journey-paths"
      title="Paths"
      subtitle={`of two items or more, width is count, % of all paths; a pause of ${GAP_MINUTES} min* ends one`}
      summary={`${formatCount(shown.paths)} paths, ${formatQuantity(shown.links.length, 'link')}.`}
      questions={[question]}
      lateEffect={LATE}
      empty={flow?.paths === 0 ? <EmptyJourneys base={base} /> : null}
      chart={
        <SankeyChart
          flow={shown}
          columns={steps}
          nameOf={named}
          chosen={chosen}
          onChoose={(place) => {
            onChange({ chosen: place });
          }}
        />
      }
      table={
        <DataTable
          caption="Where paths are"
          columns={[
            { key: 'column', label: 'Column', text: ({ column }) => String(column + 1) },
            { key: 'item', label: 'Item', isHead: true, text: ({ item }) => named(item) },
            { key: 'count', label: 'Paths', isNumber: true, text: ({ count }) => formatCount(count) },
            {
              key: 'share',
              label: '% of paths',
              isNumber: true,
              text: ({ count }) => formatRate(shown.paths === 0 ? null : count / shown.paths),
            },
            {
              key: 'ended',
              label: 'End here',
              isNumber: true,
              text: ({ column, count, onward }) =>
                column === steps - 1 || column === 0 ? '–' : formatCount(count - onward),
            },
          ]}
          rows={shown.nodes}
          rowKey={({ column, item }) => `${column}:${item}`}
        />
      }
    />
  );
}

/** The same links, largest first; with a place chosen only those that touch it. */
function LinksTile(props: TileProps) {
  const { base, question, flow, nameOf: named } = props;
  useJourneyOffers('journey-links', props);
  const { chosen } = base.address.journeys;
  const all = flow ?? NOTHING;
  const rows = chosen === null ? all.links : all.links.filter((link) => touches(link, chosen));
  const about = chosen === null ? '' : ` through ${named(chosen.item)}`;
  return (
    <Tile
      id="journey-links"
      title="Most frequent steps"
      subtitle={`${formatQuantity(rows.length, 'link')}${about}; beyond the last column: ${formatQuantity(all.remainder.count, 'step')}`}
      summary={`${formatQuantity(rows.length, 'link')}${about}.${changeInWords(rows[0], all, named)}`}
      legend={
        all.then === null ? undefined : (
          <span className="journey-legend">{capitalise(comparedInWords(base.address, base.span))}</span>
        )
      }
      questions={[question]}
      lateEffect={LATE}
      empty={flow?.paths === 0 ? <EmptyJourneys base={base} /> : null}
      chart={
        <BarTable
          caption="Most frequent steps"
          nameLabel="Step"
          rows={rows}
          rowKey={linkKey}
          name={({ source, target }) => `${named(source)} › ${named(target)}`}
          bar={(link) => ({ value: link.count, tick: countThen(all, link) })}
          columns={linkColumns(all)}
          attributesOf={(link) => peopleMark(linkMark(link))}
          anchorOf={({ source, target }) => seriesAnchor([source, target])}
        />
      }
      table={
        <DataTable
          caption="Steps"
          columns={tableColumns(named, all)}
          rows={rows}
          rowKey={linkKey}
          anchorOf={({ source, target }) => seriesAnchor([source, target])}
        />
      }
    />
  );
}

function useJourneyOffers(tile: TileId, { base, flow, nameOf: named }: TileProps): void {
  const offering = { base, flow, nameOf: named };
  usePeopleOffers(tile, {
    at: (key) => journeyOffersAt(offering, key),
    all: () => allJourneyOffers(offering),
  });
}

/** How often it was taken in the compared dates; null without a comparison. */
const countThen = ({ then }: Flow, link: PathLink): number | null =>
  then === null ? null : (then.counts.get(linkKey(link)) ?? 0);

const shareThen = (flow: Flow, link: PathLink): number | null => {
  const count = countThen(flow, link);
  return count === null || flow.then === null || flow.then.paths === 0 ? null : count / flow.then.paths;
};

const shareNow = ({ paths }: Flow, { count }: PathLink): number | null =>
  paths === 0 ? null : count / paths;

/** Of the share of all paths: their number alone follows how many people there were. */
function changeOf(flow: Flow, link: PathLink): number | null {
  const [now, then] = [shareNow(flow, link), shareThen(flow, link)];
  return now === null || then === null ? null : now - then;
}

function changeInWords(link: PathLink | undefined, flow: Flow, named: (item: string) => string): string {
  if (link === undefined) return '';
  const change = changeOf(flow, link);
  const most = ` Most frequent: ${named(link.source)} to ${named(link.target)}, ${formatRate(shareNow(flow, link))}`;
  return change === null ? `${most}.` : `${most}, ${formatPoints(change)} against the compared dates.`;
}

const linkColumns = (flow: Flow): BarColumn<PathLink>[] => [
  { key: 'step', label: 'From column', cell: ({ step }) => String(step + 1) },
  { key: 'count', label: 'Paths', cell: ({ count }) => formatCount(count), isStrong: true },
  { key: 'share', label: '% of paths', cell: (link) => formatRate(shareNow(flow, link)) },
  ...(flow.then === null
    ? []
    : [{ key: 'change', label: 'Change', cell: (link: PathLink) => formatPoints(changeOf(flow, link)) }]),
  { key: 'mean', label: 'Mean time', cell: ({ meanSeconds }) => formatDuration(meanSeconds * 1_000) },
];

const tableColumns = (named: (item: string) => string, flow: Flow): DataColumn<PathLink>[] => [
  { key: 'source', label: 'From', isHead: true, text: ({ source }) => named(source) },
  { key: 'target', label: 'To', text: ({ target }) => named(target) },
  { key: 'step', label: 'From column', isNumber: true, text: ({ step }) => String(step + 1) },
  { key: 'count', label: 'Paths', isNumber: true, text: ({ count }) => formatCount(count) },
  {
    key: 'mean',
    label: 'Mean time',
    isNumber: true,
    text: ({ meanSeconds }) => formatDuration(meanSeconds * 1_000),
  },
  ...(flow.then === null
    ? []
    : [
        {
          key: 'then',
          label: 'Paths then',
          isNumber: true,
          text: (link: PathLink) => formatCount(countThen(flow, link) ?? 0),
        },
        {
          key: 'change',
          label: 'Change of share',
          isNumber: true,
          text: (link: PathLink) => formatPoints(changeOf(flow, link)),
        },
      ]),
];

function EmptyJourneys({ base }: { base: ViewBase }) {
  const { address, environment, span, skipped } = base;
  return (
    <EmptyTile
      what="paths"
      address={address}
      environment={environment}
      span={span}
      fields={BAR_FIELDS.filter((field) => !skipped.includes(field))}
      count={{
        slot: 'journeys',
        unit: 'events',
        without: (field) => itemsQuestion(base, field),
        of: eventsIn,
      }}
    />
  );
}

const eventsIn = ({ kind, result }: Answer): number | null =>
  kind === 'trend' ? (result.series[0]?.total ?? null) : null;
