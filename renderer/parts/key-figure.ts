/** One of the figures that a page opens with. */
export interface KeyFigure {
  id: string;
  label: string;
  value: string;
  /** Against the compared period; empty without one. */
  delta: string;
  /** A rule agrees that the change is bad. */
  isFailing: boolean;
  /** Colour slot of a reaction state. */
  slot?: number;
  /** What the numbers stand for, in full. */
  title: string;
}
