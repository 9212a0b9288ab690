import { useEffect, useState } from 'react';
import { useServices } from '../../app/services.ts';
import { Icon } from '../../parts/Icon.tsx';
import './alert-notice.css';

interface Notice {
  /** Counts up, so that the same words are read out again. */
  number: number;
  title: string;
  body: string;
  address: string;
}

const MOST_SHOWN = 3; // more would cover the charts they speak of; the view lists them all

/** An alert while the page is open: read out, and there until somebody goes to it or puts it away. */
export function AlertNotice() {
  const { backend } = useServices();
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  useEffect(
    () =>
      backend.onTopic('alerts.notice', (told) => {
        setNotices((known) => {
          const number = (known.at(-1)?.number ?? 0) + 1;
          return [...known, { ...told, number }].slice(-MOST_SHOWN);
        });
      }),
    [backend],
  );
  const dismiss = (number: number) => {
    setNotices((known) => known.filter((notice) => notice.number !== number));
  };
  return (
    <section
      className="alert-notices"
      aria-label="New alerts"
      aria-live="assertive"
      aria-relevant="additions"
    >
      {notices.map(({ number, title, body, address }) => (
        <div key={number} className="alert-notice">
          <Icon name="bell" />
          <div>
            <strong>{title}</strong>
            <p>{body.split('\n')[0]}</p>
          </div>
          <a
            className="button"
            href={address}
            onClick={() => {
              dismiss(number);
            }}
          >
            Open the view
          </a>
          <button
            type="button"
            className="button-icon"
            aria-label={`Put away: ${title}`}
            title="Put away"
            onClick={() => {
              dismiss(number);
            }}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </section>
  );
}
