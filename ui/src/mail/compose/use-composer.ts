import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Draft } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { sentenceOf } from "../../api/failure.ts";
import { keys } from "../../api/queries.ts";
import { type Autosave, autosave, type SaveState } from "./autosave.ts";
import { draftOf, type Fields, fieldsOf } from "./fields.ts";

export type ComposerState = {
  fields: Fields;
  saved: SaveState;
  /** Changes some fields; what is on screen is written to disk after a pause. */
  change: (next: Partial<Fields>) => void;
  /** Writes what waits and gives the draft's id. A draft nobody touched is written, too. */
  settle: () => Promise<string>;
  /** No more writes: the draft left or was thrown away. */
  stop: () => Promise<string | null>;
  id: () => string | null;
  /** Writes what waits, if anything does. */
  flush: () => Promise<string | null>;
  /** The fields as they are this moment, ahead of the next render. */
  latest: () => Fields;
};

type Heard = {
  onChange: (draft: Draft) => void;
  /** The draft has its id now. */
  onKept: ((id: string) => void) | undefined;
};

/** Keeps a draft's fields and sees to it that they reach the disk, whichever way the composer is left. */
export function useComposer(draft: Draft, heard: Heard): ComposerState {
  const client = useQueryClient();
  const [fields, setFields] = useState(() => fieldsOf(draft));
  const [saved, setSaved] = useState<SaveState>({ kind: "clean" });
  const latest = useRef({ fields, heard });
  latest.current.heard = heard;
  const why = useRef("");
  const saving = useRef<Autosave | null>(null);
  saving.current ??= autosave({
    initial: draft,
    now: () => new Date(),
    onState: setSaved,
    save: (next) =>
      api.saveDraft(next).then(
        (id) => {
          if (next.id === null) {
            latest.current.heard.onKept?.(id);
            void client.invalidateQueries({ queryKey: keys.drafts });
          }
          return { ok: true, id } as const;
        },
        (error: unknown) => {
          why.current = sentenceOf(error);
          return { ok: false, why: why.current } as const;
        },
      ),
  });
  const { current: saver } = saving;

  useEffect(() => {
    const flush = () => void saver.flush();
    const hidden = () => (document.visibilityState === "hidden" ? flush() : undefined);
    window.addEventListener("blur", flush);
    window.addEventListener("pagehide", flush);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      window.removeEventListener("blur", flush);
      window.removeEventListener("pagehide", flush);
      document.removeEventListener("visibilitychange", hidden);
      void saver.flush().then(() => client.invalidateQueries({ queryKey: keys.drafts }));
    };
  }, [saver, client]);

  const current = () => draftOf(latest.current.fields, { ...draft, id: saver.id() });
  return {
    fields,
    saved,
    change: (next) => {
      const changed = { ...latest.current.fields, ...next };
      latest.current.fields = changed;
      setFields(changed);
      saver.change(current());
      latest.current.heard.onChange(current());
    },
    settle: async () => {
      if (saver.id() === null) saver.change(current());
      const id = await saver.flush();
      if (id === null) throw new Error(why.current);
      return id;
    },
    stop: saver.stop,
    id: saver.id,
    flush: saver.flush,
    latest: () => latest.current.fields,
  };
}
