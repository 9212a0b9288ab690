import { statesInOrder } from '../../../shared/domain/taxonomy.ts';
import { formatDateRange } from '../../../shared/format/calendar.ts';
import { formatCount } from '../../../shared/format/numbers.ts';
import type { SavedView } from '../../../shared/rpc/contract/views.ts';
import { TILE_ACTIONS, type TileActionId } from '../tile-actions.ts';
import { VIEW_LETTERS } from '../view-letters.ts';
import {
  DEFAULT_ADDRESS,
  FILTER_FIELDS,
  type FilterField,
  inView,
  isSubjectView,
  pageOf,
  type TileId,
  type ViewAddress,
  VIEW_IDS,
} from '../../state/address.ts';
import { filtersInWords } from '../../state/address-words.ts';
import { savedChoice } from '../../state/cohort-choice.ts';
import { cohortLabel, useSavedCohorts } from '../../state/saved-cohorts-store.ts';
import { type Calendar, PRESET_IDS, presetLabel, presetSpan } from '../../state/date-presets.ts';
import type { ThemeChoice } from '../../state/interface-store.ts';
import { FIELD_LABELS, nameOf, VIEW_LABELS } from '../../state/names.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { datesInText } from './dates-in-text.ts';
import type { PaletteEntry } from './palette-entry.ts';

interface PaletteContext {
  address: ViewAddress;
  environment: EnvironmentInfo | null;
  calendar: Calendar | null;
  /** What was typed. */
  text: string;
  /** Values that only the events know; null while they are asked. */
  locales: readonly { value: string; events: number }[] | null;
  savedViews: readonly SavedView[];
  /** The tile that has or last had the focus, and all on screen. */
  tile: { id: TileId; title: string } | null;
  tiles: readonly { id: TileId; title: string }[];
  theme: ThemeChoice;
  hasLetterKeys: boolean;
  canUndo: boolean;
  canRedo: boolean;
}

export interface PaletteActions {
  go: (change: Partial<ViewAddress>) => void;
  openSavedView: (view: SavedView) => void;
  removeSavedView: (view: SavedView) => void;
  saveView: () => void;
  focusTile: (id: TileId) => void;
  runTile: (action: TileActionId) => void;
  setTheme: (theme: ThemeChoice) => void;
  setLetterKeys: (on: boolean) => void;
  syncNow: () => void;
  showKeys: () => void;
  undo: () => void;
  redo: () => void;
}

/** All that the palette can do now; it filters first, then goes, then runs (DESIGN, Keyboard). */
export const paletteEntries = (context: PaletteContext, actions: PaletteActions): PaletteEntry[] => [
  ...removals(context, actions),
  ...valueFilters(context, actions),
  ...cohorts(context, actions),
  ...dates(context, actions),
  ...comparisons(context, actions),
  ...views(context, actions),
  ...subjectPages(context, actions),
  ...savedViews(context, actions),
  ...tiles(context, actions),
  ...tileActions(context, actions),
  ...frameActions(context, actions),
];

const NO_FILTERS = { filters: DEFAULT_ADDRESS.filters, cohort: DEFAULT_ADDRESS.cohort };

function removals({ address, environment }: PaletteContext, { go }: PaletteActions): PaletteEntry[] {
  const set = FILTER_FIELDS.filter((field) => address.filters[field].length > 0);
  const words = filtersInWords(address, environment);
  if (words.length === 0) return [];
  const each = set.map((field): PaletteEntry => ({
    id: `remove:${field}`,
    group: 'filter',
    icon: 'close',
    label: `Remove filter ${FIELD_LABELS[field]}`,
    detail: address.filters[field]
      .map((value) => (environment === null ? value : nameOf(field, value, environment)))
      .join(' or '),
    run: () => {
      go({ filters: { ...address.filters, [field]: [] } });
    },
  }));
  const all: PaletteEntry = {
    id: 'remove:all',
    group: 'filter',
    icon: 'close',
    label: 'Remove all filters',
    detail: words.join(', '),
    words: 'clear reset',
    keys: ['F', 'X'],
    run: () => {
      go(NO_FILTERS);
    },
  };
  return [all, ...each];
}

function valueFilters(context: PaletteContext, { go }: PaletteActions): PaletteEntry[] {
  const { address, environment } = context;
  if (environment === null) return [];
  return FILTER_FIELDS.flatMap((field) =>
    knownValues(field, context, environment).map(({ value, detail }): PaletteEntry => {
      const chosen = address.filters[field];
      return {
        id: `${field}:${value}`,
        group: 'filter',
        icon: 'excluded',
        label: `${FIELD_LABELS[field]} is ${nameOf(field, value, environment)}`,
        ...(detail === undefined ? {} : { detail }),
        words: value,
        run: () => {
          go({ filters: { ...address.filters, [field]: [value] } });
        },
        add: () => {
          const values = chosen.includes(value)
            ? chosen.filter((each) => each !== value)
            : [...chosen, value];
          go({ filters: { ...address.filters, [field]: values } });
        },
      };
    }),
  );
}

function knownValues(
  field: FilterField,
  { locales, address }: PaletteContext,
  environment: EnvironmentInfo,
): { value: string; detail?: string }[] {
  const chosen = (value: string) => (address.filters[field].includes(value) ? 'set' : undefined);
  const named = (value: string, more?: string) => {
    const detail = [chosen(value), more].filter(Boolean).join(', ');
    return { value, ...(detail === '' ? {} : { detail }) };
  };
  switch (field) {
    case 'practice':
      return environment.practices.map(({ id, category }) => named(id, category ?? undefined));
    case 'master':
      return environment.masters.map(({ id }) => named(id));
    case 'state':
      return environment.taxonomy === null
        ? []
        : statesInOrder(environment.taxonomy).map(({ id }) => named(id));
    case 'release':
      return environment.releases.map(({ version }) => named(version)).toReversed();
    case 'locale':
      return (locales ?? []).map(({ value, events }) => named(value, `${formatCount(events)} events`));
  }
}

function cohorts({ address }: PaletteContext, { go }: PaletteActions): PaletteEntry[] {
  const saved = (useSavedCohorts.getState().cohorts ?? []).map(({ cohortId }) => savedChoice(cohortId));
  return [...(['new', 'returning', 'all'] as const), ...saved]
    .filter((cohort) => cohort !== address.cohort)
    .map((cohort) => ({
      id: `cohort:${cohort}`,
      group: 'filter',
      icon: 'excluded',
      label: cohortLabel(cohort),
      words: 'cohort segment',
      run: () => {
        go({ cohort });
      },
    }));
}

function dates({ calendar, text }: PaletteContext, { go }: PaletteActions): PaletteEntry[] {
  if (calendar === null) return [];
  const words = (from: string, to: string) => formatDateRange(from, to, calendar.today);
  const typed = datesInText(text, calendar.today);
  const asTyped: PaletteEntry[] =
    typed === null
      ? []
      : [
          {
            id: 'dates:typed',
            group: 'dates',
            icon: 'calendar',
            label: words(typed.from, typed.to),
            detail: 'as typed',
            words: text,
            run: () => {
              go({ range: typed });
            },
          },
        ];
  const presets = PRESET_IDS.map((preset): PaletteEntry => {
    const { from, to } = presetSpan(preset, calendar);
    return {
      id: `dates:${preset}`,
      group: 'dates',
      icon: 'calendar',
      label: presetLabel(preset),
      detail: words(from, to),
      words: 'dates range period',
      run: () => {
        go({ range: { preset } });
      },
    };
  });
  return [...asTyped, ...presets];
}

function comparisons({ address }: PaletteContext, { go }: PaletteActions): PaletteEntry[] {
  const choices = [
    { compare: 'previous', label: 'Compare with the previous period' },
    { compare: { shiftDays: 7 }, label: 'Compare with a week earlier' },
    { compare: { shiftDays: 364 }, label: 'Compare with 52 weeks earlier' },
    { compare: 'none', label: 'Compare with nothing' },
  ] as const;
  return choices
    .filter(({ compare }) => JSON.stringify(compare) !== JSON.stringify(address.compare))
    .map(({ compare, label }) => ({
      id: label,
      group: 'dates',
      icon: 'compare',
      label,
      run: () => {
        go({ compare });
      },
    }));
}

function views({ address }: PaletteContext, { go }: PaletteActions): PaletteEntry[] {
  return VIEW_IDS.filter((view) => view !== address.view && !isSubjectView(view)).map((view) => {
    const letter = Object.entries(VIEW_LETTERS).find(([, each]) => each === view)?.[0];
    return {
      id: `view:${view}`,
      group: 'go',
      icon: 'chevron-right',
      label: VIEW_LABELS[view],
      detail: 'view',
      ...(letter === undefined ? {} : { keys: ['G', letter.toUpperCase()] }),
      run: () => {
        go(inView(address, view));
      },
    };
  });
}

function subjectPages({ address, environment }: PaletteContext, { go }: PaletteActions): PaletteEntry[] {
  if (environment === null) return [];
  const entries = (kind: 'practice' | 'master', named: readonly { id: string; name: string }[]) =>
    named.map(({ id, name }): PaletteEntry => ({
      id: `page:${kind}:${id}`,
      group: 'go',
      icon: 'chevron-right',
      label: `Page of ${name}`,
      detail: kind,
      run: () => {
        go(pageOf(address, kind, id));
      },
    }));
  return [...entries('practice', environment.practices), ...entries('master', environment.masters)];
}

function savedViews(
  { savedViews: saved }: PaletteContext,
  { openSavedView, removeSavedView }: PaletteActions,
): PaletteEntry[] {
  const open = saved.map((view): PaletteEntry => ({
    id: `saved:${view.viewId}`,
    group: 'go',
    icon: 'bookmark',
    label: view.name,
    detail: 'saved view',
    run: () => {
      openSavedView(view);
    },
  }));
  const remove = saved.map((view): PaletteEntry => ({
    id: `saved:remove:${view.viewId}`,
    group: 'run',
    icon: 'close',
    label: `Remove saved view ${view.name}`,
    run: () => {
      removeSavedView(view);
    },
  }));
  return [...open, ...remove];
}

function tiles({ tiles: all, tile }: PaletteContext, { focusTile }: PaletteActions): PaletteEntry[] {
  return all
    .filter(({ id }) => id !== tile?.id)
    .map(({ id, title }) => ({
      id: `tile:${id}`,
      group: 'go',
      icon: 'chart',
      label: title,
      detail: 'tile of this view',
      run: () => {
        focusTile(id);
      },
    }));
}

function tileActions({ tile }: PaletteContext, { runTile }: PaletteActions): PaletteEntry[] {
  if (tile === null) return [];
  return TILE_ACTIONS.map(({ id, label, icon, keys }) => ({
    id: `action:${id}`,
    group: 'run',
    icon,
    label,
    detail: tile.title,
    words: 'export tile',
    ...(keys === undefined ? {} : { keys }),
    run: () => {
      runTile(id);
    },
  }));
}

function frameActions(context: PaletteContext, actions: PaletteActions): PaletteEntry[] {
  const { theme, hasLetterKeys, canUndo, canRedo } = context;
  const themes = (['system', 'light', 'dark'] as const)
    .filter((each) => each !== theme)
    .map((each): PaletteEntry => ({
      id: `theme:${each}`,
      group: 'run',
      icon: each === 'system' ? 'system' : each === 'light' ? 'sun' : 'moon',
      label: each === 'system' ? 'Theme as the system' : `Theme ${each}`,
      words: 'colour appearance mode',
      run: () => {
        actions.setTheme(each);
      },
    }));
  const run = (entry: Omit<PaletteEntry, 'group'>): PaletteEntry => ({ group: 'run', ...entry });
  return [
    run({ id: 'save-view', icon: 'bookmark', label: 'Save this view', keys: ['V'], run: actions.saveView }),
    ...(canUndo
      ? [run({ id: 'undo', icon: 'chevron-left', label: 'Undo', keys: ['Ctrl', 'Z'], run: actions.undo })]
      : []),
    ...(canRedo
      ? [
          run({
            id: 'redo',
            icon: 'chevron-right',
            label: 'Redo',
            keys: ['Ctrl', 'Shift', 'Z'],
            run: actions.redo,
          }),
        ]
      : []),
    run({ id: 'sync', icon: 'sync', label: 'Sync now', keys: ['R'], run: actions.syncNow }),
    ...themes,
    run({ id: 'keys', icon: 'keys', label: 'Show all keys', keys: ['?'], run: actions.showKeys }),
    run({
      id: 'letters',
      icon: 'keys',
      label: `Turn single-letter keys ${hasLetterKeys ? 'off' : 'on'}`,
      run: () => {
        actions.setLetterKeys(!hasLetterKeys);
      },
    }),
  ];
}
