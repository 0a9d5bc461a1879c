import { useEffect, useRef, useState } from "react";

/** How long rows glide together after one left, ms; see `--t-move`. */
const GLIDE = 220;

/** True for a moment after rows left the list, so that the others close up instead of jumping. */
export function useSettling(rows: readonly { id: string }[]): boolean {
  const before = useRef<readonly { id: string }[]>(rows);
  const [settling, setSettling] = useState(false);
  const left = rows !== before.current && oneLeft(before.current, rows);
  useEffect(() => {
    before.current = rows;
    if (!left) return;
    setSettling(true);
    const timer = setTimeout(() => setSettling(false), GLIDE);
    return () => clearTimeout(timer);
  }, [rows, left]);
  return settling || left;
}

function oneLeft(before: readonly { id: string }[], now: readonly { id: string }[]): boolean {
  if (now.length === 0 || now.length >= before.length) return false;
  const ids = new Set(before.map((row) => row.id));
  return now.every((row) => ids.has(row.id));
}
