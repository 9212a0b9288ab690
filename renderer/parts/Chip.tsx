import { Icon } from './Icon.tsx';
import './fields.css';

/** One of several values, with a way to take it out. */
export function Chip({ text, onRemove }: { text: string; onRemove: () => void }) {
  return (
    <span className="chip">
      {text}
      <button type="button" aria-label={`Remove ${text}`} title={`Remove ${text}`} onClick={onRemove}>
        <Icon name="close" />
      </button>
    </span>
  );
}
