import { Icon } from '../parts/Icon.tsx';
import { type NoticeAct, useNotice } from '../state/notice-store.ts';
import './notice.css';

export function NoticeLine() {
  const notice = useNotice((state) => state.notice);
  const dismiss = useNotice((state) => state.dismiss);
  return (
    <div role="status">
      {notice !== null && (
        <div className="notice" data-problem={notice.isProblem}>
          <span>{notice.text}</span>
          {notice.act !== null && <NoticeButton act={notice.act} onDone={dismiss} />}
          <button
            type="button"
            className="button-icon"
            aria-label="Dismiss"
            title="Dismiss"
            onClick={dismiss}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}

function NoticeButton({ act, onDone }: { act: NoticeAct; onDone: () => void }) {
  return (
    <button
      type="button"
      className="button"
      onClick={() => {
        onDone();
        act.run();
      }}
    >
      {act.label}
    </button>
  );
}
