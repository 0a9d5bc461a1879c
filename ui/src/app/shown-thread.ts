import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { conversationQuery } from "../api/queries.ts";

/** How long the one before stays while the next is asked for, ms: nobody sees it, and hardly an answer takes longer. */
const HOLD = 60;

/**
 * The conversation the panes show: the open one as soon as it is here. Until then the one before stays, so that panes are not
 * emptied, drawn empty and filled again within one blink; what takes longer leaves them empty.
 */
export function useShownThread(open: string | null): string | null {
  const [shown, setShown] = useState(open);
  const [late, setLate] = useState<string | null>(null);
  const { isPending } = useQuery({
    ...conversationQuery(open ?? ""),
    enabled: open !== null,
    notifyOnChangeProps: ["isPending"],
  });
  const holds = open !== null && shown !== null && isPending && late !== open;
  useEffect(() => {
    if (!holds) return;
    const timer = setTimeout(() => setLate(open), HOLD);
    return () => clearTimeout(timer);
  }, [holds, open]);
  const now = holds ? shown : open;
  if (now !== shown) setShown(now);
  return now;
}
