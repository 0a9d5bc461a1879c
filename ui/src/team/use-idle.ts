import { useEffect, useRef } from "react";
import type { TeamOverview } from "../api/bindings.ts";
import { api } from "../api/commands.ts";
import { memberOf } from "./people.ts";

/** Without input for this long one counts as away, ms: the design's value. */
const IDLE = 5 * 60_000;
/** How often it is looked at, ms. */
const LOOK = 15_000;
const INPUT = ["pointermove", "pointerdown", "keydown", "wheel"] as const;

/** Makes a person away who has not touched the window for a while, and online again at the first touch. Busy stays. */
export function useIdle(overview: TeamOverview | undefined): void {
  const me = overview ? memberOf(overview.members, overview.me) : null;
  const state = overview?.state === "alone" ? null : (me?.state ?? null);
  const now = useRef(state);
  now.current = state;
  const inTeam = state !== null;
  useEffect(() => {
    if (!inTeam) return;
    let touched = Date.now();
    let away = false;
    const tell = (next: "away" | "online") => {
      away = next === "away";
      api.teamSetPresence(next).catch(() => undefined);
    };
    const touch = () => {
      touched = Date.now();
      if (away) tell("online");
    };
    const look = () => {
      if (!away && now.current === "online" && Date.now() - touched >= IDLE) tell("away");
    };
    const timer = setInterval(look, LOOK);
    for (const kind of INPUT) window.addEventListener(kind, touch, { passive: true });
    return () => {
      clearInterval(timer);
      for (const kind of INPUT) window.removeEventListener(kind, touch);
    };
  }, [inTeam]);
}
