import './swatch.css';

/** 9 px of a state's colour beside its name; `slot` 1..7. */
export function Swatch({ slot, large = false }: { slot: number; large?: boolean }) {
  return <span className={large ? 'swatch swatch-large' : 'swatch'} data-slot={slot} aria-hidden="true" />;
}
