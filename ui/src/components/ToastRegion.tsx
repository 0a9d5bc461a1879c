import { X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useNow } from "../app/now.ts";
import { useT } from "../i18n/language.tsx";
import { Button } from "./Button.tsx";
import { IconButton } from "./IconButton.tsx";
import styles from "./Toast.module.css";
import { dismissToast, type Toast, useToasts } from "./toasts.ts";

/** Where toasts appear: bottom left of the list, read out politely. */
export function ToastRegion() {
  const toasts = useToasts();
  return (
    <div className={styles.region} role="status" aria-live="polite">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const t = useT();
  const [paused, setPaused] = useState(false);
  useCountdown(toast, paused);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointer and focus only pause the clock
    <div
      className={styles.toast}
      data-tone={toast.tone}
      data-paused={paused || undefined}
      onPointerEnter={() => setPaused(true)}
      onPointerLeave={() => setPaused(false)}
      onFocus={() => setPaused(true)}
      onBlur={() => setPaused(false)}
    >
      {toast.countdown && toast.seconds !== null ? (
        <span className={styles.text}>
          <span className="visually-hidden">{toast.text}</span>
          <Countdown words={toast.countdown} seconds={toast.seconds} />
        </span>
      ) : (
        <span className={styles.text}>{toast.text}</span>
      )}
      {toast.action ? (
        <Button
          size="small"
          className={styles.action}
          {...(toast.action.keys ? { keys: toast.action.keys } : {})}
          onClick={() => {
            dismissToast(toast.id);
            toast.action?.run();
          }}
        >
          {toast.action.label}
        </Button>
      ) : null}
      {toast.seconds === null ? (
        <IconButton
          icon={X}
          label={t("common.dismiss")}
          className={styles.close}
          onClick={() => dismissToast(toast.id)}
        />
      ) : (
        <span
          className={styles.line}
          style={{ animationDuration: `${toast.seconds}s` }}
          aria-hidden="true"
        />
      )}
    </div>
  );
}

/** Counts down in words, once a second. Not read out: the toast's text has said it. */
function Countdown({ words, seconds }: { words: (left: number) => string; seconds: number }) {
  const [since] = useState(() => Date.now());
  const now = useNow(1000);
  const left = Math.max(0, seconds - Math.round((now.getTime() - since) / 1000));
  return <span aria-hidden="true">{words(left)}</span>;
}

/** Dismisses after the toast's time, not counting the time it was looked at. */
function useCountdown(toast: Toast, paused: boolean): void {
  const left = useRef((toast.seconds ?? 0) * 1000);
  const counts = toast.seconds !== null;
  useEffect(() => {
    if (!counts || paused) return;
    const since = Date.now();
    const timer = setTimeout(() => dismissToast(toast.id), left.current);
    return () => {
      clearTimeout(timer);
      left.current = Math.max(0, left.current - (Date.now() - since));
    };
  }, [counts, paused, toast.id]);
}
