import { createContext, type ReactNode, useContext, useDeferredValue, useEffect } from "react";
import { hasAnswer } from "../mail/compose/composing.ts";
import { ErrorBoundary } from "./ErrorBoundary.tsx";
import styles from "./standing.module.css";
import { makeStore, useStore } from "./store.ts";

/** The panes of a conversation; every time it is opened they begin anew, so it is more than the thread. */
type Standing = { thread: string; key: string };

/** What is drawn, in the order it came: moved in the page, a mail's frame would load anew. */
const drawn = makeStore<readonly Standing[]>([]);
/** How often the panes of a thread have been left. */
const left = new Map<string, number>();
let shown: string | null = null;

const standingOf = (thread: string): Standing => ({
  thread,
  key: `${thread} ${left.get(thread) ?? 0}`,
});

/**
 * Draws conversations before they are opened, out of sight and when nothing else is to be drawn: opened, they are there.
 * Whatever was drawn before and is not wanted any more goes.
 */
export function drawAhead(threads: readonly string[]): void {
  const wanted = [...new Set(threads)].map(standingOf);
  const isIn = (some: readonly Standing[]) => (one: Standing) =>
    some.some(({ key }) => key === one.key);
  drawn.set((all) => {
    const kept = all.filter(isIn(wanted));
    const more = wanted.filter((one) => !isIn(kept)(one));
    return kept.length === all.length && more.length === 0 ? all : [...kept, ...more];
  });
}

/** Tells which conversation the panes show: opened again later, the one before begins anew. */
export function useShows(thread: string | null): void {
  useEffect(() => {
    if (shown === thread) return;
    if (shown !== null) left.set(shown, (left.get(shown) ?? 0) + 1);
    shown = thread;
  }, [thread]);
}

const Ahead = createContext(false);

/** Whether this is drawn ahead: out of sight, so it takes no keys and no focus, and nothing in it counts as seen. */
export const useIsAhead = (): boolean => useContext(Ahead);

type Props = {
  thread: string | null;
  /** What stands where no conversation is open. */
  none?: ReactNode;
  /** Among others in a line: what is out of sight takes no room there. */
  inline?: boolean;
  /** The pane of a conversation; it draws itself anew only when its thread says so. */
  children: (thread: string) => ReactNode;
};

/**
 * The pane of the open conversation, and over one another in the same place those of the ones that may be opened next. They
 * are laid out, too: to open one is to make it visible.
 */
export function Standing({ thread, none, inline = false, children }: Props) {
  const ahead = useDeferredValue(useStore(drawn));
  const open = thread === null ? null : standingOf(thread);
  const isOpen = ({ key }: Standing) => key === open?.key;
  const all = open === null || ahead.some(isOpen) ? ahead : [...ahead, open];
  // What was being written there is put away the moment it is left.
  const kept = all.filter((one) => isOpen(one) || !hasAnswer(one.thread));
  return (
    <div className={styles.place} data-inline={inline || undefined}>
      {open === null ? none : null}
      {kept.map((one) => (
        <div
          key={one.key}
          className={styles.pane}
          style={isOpen(one) ? undefined : HIDDEN}
          data-ahead={isOpen(one) ? undefined : ""}
        >
          <Ahead value={!isOpen(one)}>
            <ErrorBoundary>{children(one.thread)}</ErrorBoundary>
          </Ahead>
        </div>
      ))}
    </div>
  );
}

const HIDDEN = { visibility: "hidden" } as const;

/** The first element like this that is not out of sight. */
export function findShown(selector: string, within: ParentNode = document): HTMLElement | null {
  const all = within.querySelectorAll<HTMLElement>(selector);
  return [...all].find((element) => element.closest("[data-ahead]") === null) ?? null;
}

/** A new profile, a new test. */
export function forgetStanding(): void {
  shown = null;
  left.clear();
  drawn.set([]);
}
