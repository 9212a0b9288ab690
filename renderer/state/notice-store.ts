import { create } from 'zustand';

const NOTICE_LIFE_MS = 6_000; // long enough to read two lines and reach the button
const ACT_LIFE_MS = 15_000; // what can be undone stays longer

export interface Notice {
  text: string;
  isProblem: boolean;
  /** What can be done about it, while the line stands. */
  act: NoticeAct | null;
}

export interface NoticeAct {
  label: string;
  run: () => void;
}

interface NoticeState {
  notice: Notice | null;
  say: (text: string, act?: NoticeAct) => void;
  warn: (text: string) => void;
  dismiss: () => void;
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** One line about what was just done, read out and gone by itself. */
export const useNotice = create<NoticeState>()((set) => {
  const show = (notice: Notice) => {
    clearTimeout(timer);
    timer = setTimeout(
      () => {
        set({ notice: null });
      },
      notice.act === null ? NOTICE_LIFE_MS : ACT_LIFE_MS,
    );
    set({ notice });
  };
  return {
    notice: null,
    say: (text, act) => {
      show({ text, isProblem: false, act: act ?? null });
    },
    warn: (text) => {
      show({ text, isProblem: true, act: null });
    },
    dismiss: () => {
      clearTimeout(timer);
      set({ notice: null });
    },
  };
});
