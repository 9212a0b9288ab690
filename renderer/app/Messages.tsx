import type { Failure, LinkState } from '../link/backend.ts';
import { failureTitle } from '../parts/TileTroubles.tsx';

export function ReloadNeeded({ link }: { link: Extract<LinkState, 'reload-needed' | 'login-needed'> }) {
  if (link === 'login-needed') {
    return (
      <div className="app-message" role="alert">
        <h1>This window is signed out</h1>
        <p>
          The workbench was restarted. Open a fresh link from the terminal: press Enter there, or run{' '}
          <code>npx tidemark link</code>.
        </p>
      </div>
    );
  }
  return (
    <div className="app-message" role="alert">
      <h1>A reload is needed</h1>
      <p>The workbench behind this window is of another version.</p>
      <ReloadButton />
    </div>
  );
}

export function WorkspaceFailed({ failure }: { failure: Failure }) {
  return (
    <div className="app-message" role="alert">
      <h1>{failureTitle(failure.code)}</h1>
      <p>{failure.message}</p>
      <ReloadButton />
    </div>
  );
}

function ReloadButton() {
  return (
    <button
      type="button"
      className="button-primary"
      onClick={() => {
        location.reload();
      }}
    >
      Reload
    </button>
  );
}
