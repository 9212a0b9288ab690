import type { Failure } from '../link/backend.ts';
import { Icon } from './Icon.tsx';
import './plain-tile.css';

interface RefusalProps {
  failure: Failure | null;
  /** What was wanted: "The source was not saved". */
  what: string;
  onRetry?: (() => void) | undefined;
  onDismiss?: (() => void) | undefined;
}

/** Why something was refused, in the words of who refused it, with what can be done next. */
export function Refusal({ failure, what, onRetry, onDismiss }: RefusalProps) {
  if (failure === null) return null;
  return (
    <div className="refusal" role="alert">
      <Icon name="alert" />
      <span>
        {what}: {failure.message}
      </span>
      {onRetry !== undefined && (
        <button type="button" className="button-quiet" onClick={onRetry}>
          Try again
        </button>
      )}
      {onDismiss !== undefined && (
        <button
          type="button"
          className="button-icon"
          aria-label="Dismiss"
          title="Dismiss"
          onClick={onDismiss}
        >
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}
