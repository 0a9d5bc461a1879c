import { useState } from "react";
import type { MessageHead } from "../../api/bindings.ts";
import { openAtFirst } from "./fold.ts";

export type OpenMessages = {
  open: ReadonlySet<string>;
  unfolded: ReadonlySet<string>;
  set: (id: string, open: boolean) => void;
  unfold: (messages: MessageHead[]) => void;
};

/**
 * Which messages stand open. What was open when the thread appeared stays open when it is read; messages that
 * arrive while one looks open by themselves. Writing an answer collapses all until one is opened again.
 */
export function useOpenMessages(messages: MessageHead[], writing: boolean): OpenMessages {
  const [first] = useState(() => openAtFirst(messages));
  const [known] = useState(() => new Set(messages.map(({ id }) => id)));
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [chosenWriting, setChosenWriting] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());

  const byItself = ({ id, draft }: MessageHead) =>
    !writing && (first.has(id) || !(known.has(id) || draft));
  const choices = writing ? chosenWriting : chosen;
  const open = new Set(
    messages.filter((message) => choices.get(message.id) ?? byItself(message)).map(({ id }) => id),
  );
  return {
    open,
    unfolded,
    set: (id, next) => {
      const choose = writing ? setChosenWriting : setChosen;
      choose((now) => new Map(now).set(id, next));
    },
    unfold: (more) => setUnfolded((now) => new Set([...now, ...more.map(({ id }) => id)])),
  };
}
