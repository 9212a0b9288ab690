import { Icon } from '../parts/Icon.tsx';
import { annotateTile } from './annotate-here.ts';

/** Among the actions of a tile. */
export function AnnotateButton({ title }: { title: string }) {
  return (
    <button
      type="button"
      className="button-icon"
      aria-label={`Annotate ${title}`}
      aria-keyshortcuts="A"
      title="Annotate (A)"
      onClick={({ currentTarget }) => {
        const tile = currentTarget.closest<HTMLElement>('[data-tile]');
        if (tile !== null) annotateTile(tile);
      }}
    >
      <Icon name="pin" />
    </button>
  );
}
