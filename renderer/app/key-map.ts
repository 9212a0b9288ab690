import { VIEW_LABELS } from '../state/names.ts';
import { VIEW_LETTERS } from './view-letters.ts';

/** Every key of the workbench: the list that `?` shows, and what menus print beside an action. */

export interface KeyLine {
  /** Keys pressed one after the other; "Ctrl" stands for ⌘ on a Mac. */
  keys: readonly string[];
  action: string;
}

export interface KeyGroup {
  title: string;
  lines: readonly KeyLine[];
}

const GO_LINES: readonly KeyLine[] = Object.entries(VIEW_LETTERS).map(([letter, view]) => ({
  keys: ['G', letter.toUpperCase()],
  action: VIEW_LABELS[view],
}));

export const KEY_GROUPS: readonly KeyGroup[] = [
  {
    title: 'Everywhere',
    lines: [
      { keys: ['Ctrl', 'K'], action: 'Palette: go to, filter or run' },
      { keys: ['Ctrl', 'Z'], action: 'Undo the last change of the view' },
      { keys: ['Ctrl', 'Shift', 'Z'], action: 'Redo it' },
      { keys: ['Alt', '←'], action: 'Back; → forward' },
      { keys: ['R'], action: 'Sync now' },
      { keys: ['V'], action: 'Saved views' },
      { keys: ['?'], action: 'This list' },
      { keys: ['Esc'], action: 'Out of what has the focus; closes what floats' },
    ],
  },
  { title: 'Go to', lines: GO_LINES },
  {
    title: 'Filters',
    lines: [
      { keys: ['F', 'D'], action: 'Dates' },
      { keys: ['F', 'V'], action: 'What is compared' },
      { keys: ['C'], action: 'Comparison on, off' },
      { keys: ['F', 'C'], action: 'Cohort' },
      { keys: ['F', 'L'], action: 'Locale; R release, P practice, M master, S state' },
      { keys: ['F', 'X'], action: 'Remove all filters' },
      { keys: ['F', 'B'], action: 'In Cohorts: what starts a cohort; E what counts as back, U the unit' },
    ],
  },
  {
    title: 'Tiles',
    lines: [
      { keys: ['←', '→', '↑', '↓'], action: 'To the tile beside' },
      { keys: ['Enter'], action: 'Into the tile; Esc out of it' },
      { keys: ['.'], action: 'Menu of the tile: copy, save, open' },
      { keys: ['Ctrl', 'E'], action: 'The same: export' },
      { keys: ['T'], action: 'Chart or table' },
      { keys: ['E'], action: 'Its question in Explore' },
      { keys: ['I'], action: 'Passport of its numbers' },
      { keys: ['A'], action: 'Annotate what is selected, else the view' },
      { keys: ['S'], action: 'Save the people of a mark as a cohort' },
      { keys: ['N'], action: 'Next note of the view; P the one before' },
      { keys: [']'], action: 'Panel of annotations' },
    ],
  },
  {
    title: 'In a chart',
    lines: [
      { keys: ['←', '→'], action: 'Previous, next point; Home and End' },
      { keys: ['Shift', '←'], action: 'Extends a range of dates; → the other way' },
      {
        keys: ['Enter'],
        action: 'Selects the point, or takes the range as the dates; of a practice or master opens its page',
      },
      { keys: ['M'], action: 'In the map of days and hours: the measure' },
    ],
  },
  {
    title: 'In a table',
    lines: [
      { keys: ['←', '→', '↑', '↓'], action: 'To the number beside' },
      { keys: ['Enter'], action: 'Passport of that number' },
    ],
  },
];
