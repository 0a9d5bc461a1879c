const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

const CAPS: Record<string, string> = {
  Mod: MAC ? "⌘" : "Ctrl",
  Shift: "⇧",
  Alt: MAC ? "⌥" : "Alt",
  Enter: "↵",
  Escape: "Esc",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
};

/** True where Command takes Control's part. */
export const COMMAND_KEY = MAC;

/**
 * Splits a key notation into what stands on the caps.
 *
 * `Mod+k` is one press of two keys, `g i` two presses; both become a row of caps.
 */
export function caps(notation: string): string[] {
  return notation
    .split(" ")
    .flatMap((press) => (press === "+" ? ["+"] : press.split("+")))
    .map((key) => CAPS[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

/** The same in words, for tooltips and accessible names: `Ctrl+K`, `G I`. */
export function spokenKeys(notation: string): string {
  return notation
    .split(" ")
    .map((press) => caps(press).join("+"))
    .join(" ");
}
