import { useEffect, useRef } from "react";
import { COMMAND_KEY } from "../components/keys.ts";
import { type ActionContext, useContextMaker } from "./context.ts";
import { ACTIONS, type Action } from "./table.ts";

/** How long the second press of a pair such as G then I may take, ms. */
const PAIR = 1500;

type Press = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey"> &
  Partial<Pick<KeyboardEvent, "getModifierState">>;

/**
 * A press in the notation of the table.
 *
 * Shift counts for letters and named keys only: `#` and `?` are what the layout says they are.
 * Caps Lock does not count at all, nor what a layout needs to write a sign: `]` is AltGr+G in Slovenia.
 */
export function pressOf(event: Press): string {
  const letter = event.key.length === 1 && /\p{L}/u.test(event.key);
  const key = letter ? event.key.toLowerCase() : event.key;
  const shift = event.shiftKey && (letter || event.key.length > 1);
  const graph = event.getModifierState?.("AltGraph") ?? false;
  const written = !letter && event.key.length === 1 && (graph || (COMMAND_KEY && event.altKey));
  const mod = !written && (COMMAND_KEY ? event.metaKey : event.ctrlKey);
  const alt = !written && event.altKey;
  return `${mod ? "Mod+" : ""}${alt ? "Alt+" : ""}${shift ? "Shift+" : ""}${key}`;
}

/** Whether a press acts only while no text field has the caret, and can be switched off. */
export function isSingleKey(notation: string): boolean {
  return !/^(Mod|Alt)\+|^(Shift\+)?F\d+$|^(Shift\+)?(Escape|Enter|Delete)$/.test(notation);
}

/** Finds what a press means. A first half of a pair is answered with `pending`. */
export function meaningOf(
  press: string,
  pending: string | null,
  actions: readonly Action[],
): { action: Action } | { pending: string } | null {
  const whole = pending === null ? press : `${pending} ${press}`;
  const action = actions.find((candidate) => candidate.keys.includes(whole));
  if (action) return { action };
  const begins = actions.some((candidate) =>
    candidate.keys.some((keys) => keys.startsWith(`${whole} `)),
  );
  if (begins) return { pending: whole };
  return pending === null ? null : meaningOf(press, null, actions);
}

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) {
    return !["checkbox", "radio", "button", "range"].includes(target.type);
  }
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Enter and Space belong to the control that has the focus; popovers keep all keys to themselves. */
function belongsToControl(target: EventTarget | null, press: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('[role="dialog"]:not([data-beside]), [role="menu"], [role="alertdialog"]'))
    return true;
  const pressable = target.closest('button, a[href], summary, [role="separator"], [role="tab"]');
  return pressable !== null && (press === "Enter" || press === "Delete");
}

/** Whether a press may run an action where it was made. */
function mayAct(event: KeyboardEvent, press: string, singleKeys: boolean): boolean {
  if (event.defaultPrevented || event.isComposing || isModifier(event.key)) return false;
  if (belongsToControl(event.target, press)) return false;
  if (isWriting(event.target)) return worksWhileWriting(press);
  return singleKeys || !isSingleKey(press);
}

/** Answers key presses anywhere in the window by the table. */
export function useShortcuts(singleKeys: boolean): void {
  const makeContext = useContextMaker();
  const pending = useRef<{ keys: string; until: number } | null>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const press = pressOf(event);
      if (!mayAct(event, press, singleKeys)) return;
      const waiting = pending.current;
      const first = waiting && waiting.until > event.timeStamp ? waiting.keys : null;
      const meaning = meaningOf(press, first, ACTIONS);
      pending.current = null;
      if (!meaning) return;
      event.preventDefault();
      if ("pending" in meaning) {
        pending.current = { keys: meaning.pending, until: event.timeStamp + PAIR };
      } else runAction(meaning.action, makeContext());
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [makeContext, singleKeys]);
}

function isModifier(key: string): boolean {
  return ["Shift", "Control", "Alt", "Meta", "AltGraph"].includes(key);
}

/** In a text field only what no text field uses: the rest is editing. */
function worksWhileWriting(press: string): boolean {
  return ["Mod+k", "Mod+t", "F5", "F6", "Shift+F6"].includes(press);
}

/** Runs an action when it can be done now; a failure it does not show itself is a bug and surfaces. */
export function runAction(action: Action, context: ActionContext): void {
  if (action.blocked(context) !== null) return;
  Promise.resolve(action.run(context)).catch((error: unknown) => reportError(error));
}
