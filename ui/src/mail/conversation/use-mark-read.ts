import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useEffect, useRef } from "react";
import { act } from "../../api/act.ts";
import type { MessageHead } from "../../api/bindings.ts";
import { keys } from "../../api/queries.ts";
import { useIsAhead } from "../../app/standing.tsx";
import { useT } from "../../i18n/language.tsx";

/** A glance while walking through the list is not reading, ms. */
const READING = 1000;

/**
 * Marks an open message as read once it has been in sight for a second.
 *
 * Only once while it stays open: who marks it unread again means it.
 */
export function useMarkRead(
  thread: string,
  message: MessageHead,
  element: RefObject<HTMLElement | null>,
): void {
  const client = useQueryClient();
  const t = useT();
  const ahead = useIsAhead();
  const done = useRef(false);
  const { id, unread } = message;
  useEffect(() => {
    const target = element.current;
    if (ahead || !unread || done.current || target === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const mark = () => {
      if (document.visibilityState !== "visible") return;
      done.current = true;
      void act(
        { client, t },
        { kind: "messages", messages: [id] },
        { kind: "read" },
        { quiet: true },
      ).then(() => client.invalidateQueries({ queryKey: keys.conversation(thread) }));
    };
    const start = () => {
      clearTimeout(timer);
      timer = setTimeout(mark, READING);
    };
    const sight = watchSight(target, (seen) => (seen ? start() : clearTimeout(timer)));
    document.addEventListener("visibilitychange", start);
    return () => {
      clearTimeout(timer);
      sight();
      document.removeEventListener("visibilitychange", start);
    };
  }, [ahead, client, t, thread, id, unread, element]);
}

function watchSight(target: Element, onChange: (seen: boolean) => void): () => void {
  if (typeof IntersectionObserver === "undefined") {
    onChange(true);
    return () => undefined;
  }
  const observer = new IntersectionObserver((entries) => {
    onChange(entries.at(-1)?.isIntersecting ?? false);
  });
  observer.observe(target);
  return () => observer.disconnect();
}
