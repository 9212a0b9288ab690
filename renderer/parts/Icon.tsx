import './icon.css';

/** 16 px, 1.4 stroke, round joins (DESIGN, Icons). */
const PATHS = {
  practices:
    'M8 2.2a5.8 5.8 0 1 1 0 11.6 5.8 5.8 0 0 1 0-11.6ZM8 5.9a2.1 2.1 0 1 1 0 4.2 2.1 2.1 0 0 1 0-4.2Z',
  funnels: 'M2.4 3.6h11.2M4.4 6.6h7.2M6 9.6h4M7.2 12.6h1.6',
  cohorts: 'M2.6 2.8h10.8M2.6 2.8v10.4M2.6 6.3h7.8V2.8M2.6 9.8h5.2V2.8M2.6 13.2h2.6V2.8M13.4 2.8v.1',
  engagement: 'M2.4 3.2h8v5.6H6.2L4 10.8V8.8H2.4ZM6 11.2h3.6l2 1.8v-1.8h2V6h-1.4',
  explore: 'M3 4.2 6.8 8 3 11.8M8.4 12h4.8',
  journeys: 'M2.4 4.6h2.8c3.2 0 2.4 6.8 5.6 6.8h2.8M2.4 11.4h2.8c3.2 0 2.4-6.8 5.6-6.8h2.8',
  usage: 'M2.4 11.6 6 7.4l2.8 2.4 4.8-6',
  features: 'M3.4 13V9.6M6.4 13V6.4M9.4 13V8M12.4 13V3.4',
  signals: 'M3.4 8.4 8 4l4.6 4.4M3.4 12.4 8 8l4.6 4.4',
  plus: 'M8 3v10M3 8h10',
  edit: 'M10.6 3.2l2.2 2.2-7 7-2.8.6.6-2.8ZM9.2 4.6l2.2 2.2',
  more: 'M3.4 8h.1M8 8h.1M12.6 8h.1',
  grip: 'M6 4h.1M10 4h.1M6 8h.1M10 8h.1M6 12h.1M10 12h.1',
  calendar: 'M2.8 4.2h10.4v9H2.8ZM2.8 7h10.4M5.4 2.4v3M10.6 2.4v3',
  compare: 'M3 5.4h9.6M10.4 3.2l2.2 2.2-2.2 2.2M13 10.6H3.4M5.6 8.4l-2.2 2.2 2.2 2.2',
  'chevron-down': 'M4.4 6.4 8 10l3.6-3.6',
  'chevron-left': 'M9.8 3.6 5.4 8l4.4 4.4',
  'chevron-right': 'M6.2 3.6 10.6 8l-4.4 4.4',
  close: 'M4.2 4.2l7.6 7.6M11.8 4.2l-7.6 7.6',
  check: 'M3 8.4l3.2 3.2L13 4.8',
  clock: 'M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2ZM8 4.9V8l2.2 1.4',
  cloud: 'M4.6 12.4a2.8 2.8 0 0 1-.3-5.6 3.9 3.9 0 0 1 7.5.6 2.5 2.5 0 0 1-.2 5Z',
  'cloud-off':
    'M6.3 4.3a3.9 3.9 0 0 1 5.5 3.1 2.5 2.5 0 0 1 1.6 3.9M10.8 12.4H4.6a2.8 2.8 0 0 1-.3-5.6M2.6 2.6l10.8 10.8',
  sync: 'M13 6.6A5.2 5.2 0 0 0 3.9 5M3.6 2.6V5H6M3 9.4A5.2 5.2 0 0 0 12.1 11M12.4 13.4V11H10',
  database:
    'M3 4.4c0-1.1 2.2-2 5-2s5 .9 5 2-2.2 2-5 2-5-.9-5-2ZM3 4.4v7.2c0 1.1 2.2 2 5 2s5-.9 5-2V4.4M3 8c0 1.1 2.2 2 5 2s5-.9 5-2',
  sun: 'M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6ZM8 1.6v1.2M8 13.2v1.2M1.6 8h1.2M13.2 8h1.2M3.5 3.5l.8.8M11.7 11.7l.8.8M12.5 3.5l-.8.8M4.3 11.7l-.8.8',
  moon: 'M13 9.4A5.4 5.4 0 0 1 6.6 3a5.4 5.4 0 1 0 6.4 6.4Z',
  system: 'M2.4 3.4h11.2v7.6H2.4ZM6 13.4h4M8 11v2.4',
  table: 'M2.6 3.4h10.8v9.2H2.6ZM2.6 6.6h10.8M6.4 6.6v6',
  chart: 'M2.6 12.8h10.8M3.4 10l3-3.4 2.4 2 3.8-4.6',
  alert: 'M8 2.8 14 13H2ZM8 6.6v3M8 11.3v.1',
  search: 'M7 2.8a4.2 4.2 0 1 1 0 8.4 4.2 4.2 0 0 1 0-8.4ZM10.2 10.2l3 3',
  info: 'M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2ZM8 7.4v3.4M8 5.2v.1',
  keys: 'M2.2 4.4h11.6v7.2H2.2ZM4.6 6.8h.1M7 6.8h.1M9.4 6.8h.1M11.4 6.8h.1M5.4 9.3h5.2',
  excluded:
    'M6.2 4.2a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 0 1 0-7.6ZM9.8 4.2a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 0 1 0-7.6Z',
} as const;

export type IconName = keyof typeof PATHS;

/** Decorative: the label or title stands beside it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
