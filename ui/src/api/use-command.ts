import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { showToast } from "../components/toasts.ts";
import { type PlainKey, useT } from "../i18n/language.tsx";
import { reasonOf } from "./failure.ts";

/** A change as data: what it does, what is asked again after it, and what is said when it fails. */
export type Command<Input, Output> = {
  run: (input: Input) => Promise<Output>;
  /** What happened, in words: "The draft was not saved." The server's reason follows it. */
  failureTitle: PlainKey;
  /** Keys to ask again, whether it worked or not: on failure the truth may be either. */
  stale?: readonly QueryKey[];
  onSuccess?: (output: Output, input: Input) => void;
};

/** Runs a change; a failure becomes a toast with what happened, why, and a button to try again. */
export function useCommand<Input, Output>(command: Command<Input, Output>) {
  const t = useT();
  const client = useQueryClient();
  const mutation = useMutation<Output, unknown, Input>({
    mutationFn: command.run,
    onSuccess: (output, input) => command.onSuccess?.(output, input),
    onError: (error, input) => {
      showToast({
        tone: "error",
        text: t("common.failed", { what: t(command.failureTitle), why: reasonOf(error, t) }),
        seconds: null,
        action: { label: t("common.tryAgain"), run: () => mutation.mutate(input) },
      });
    },
    onSettled: () =>
      Promise.all((command.stale ?? []).map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  return mutation;
}
