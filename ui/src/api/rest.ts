export type AtRest<T> = {
  call: (value: T) => void;
  /** What was called for is done by other means. */
  cancel: () => void;
};

/** Does the work for the last of many calls: when none came for `rest`, or when they have come for `longest`; both ms. */
export function atRest<T>(
  work: (value: T) => void,
  { rest, longest }: { rest: number; longest: number },
): AtRest<T> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let end = 0;
  const cancel = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  return {
    call: (value) => {
      const now = performance.now();
      if (timer === null) end = now + longest;
      cancel();
      const pause = Math.max(0, Math.min(rest, end - now));
      timer = setTimeout(() => {
        timer = null;
        work(value);
      }, pause);
    },
    cancel,
  };
}
