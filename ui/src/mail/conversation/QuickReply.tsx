import { useQuery } from "@tanstack/react-query";
import { CornerUpLeft, PenLine } from "lucide-react";
import type { MessageHead } from "../../api/bindings.ts";
import { draftsQuery } from "../../api/queries.ts";
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Kbd } from "../../components/Kbd.tsx";
import { useT } from "../../i18n/language.tsx";
import { isOpenDraft } from "../compose/composing.ts";
import { splitQuote } from "../compose/quote.ts";
import { answeree, answerees, firstNames } from "./people.ts";
import styles from "./QuickReply.module.css";

type Props = {
  message: MessageHead;
  /** Every message of the thread: a draft may answer any of them. */
  messages: MessageHead[];
  own: ReadonlySet<string>;
  onReply: (all: boolean) => void;
};

/** The box one answers from; with a kept draft it says how that begins. */
export function QuickReply({ message, messages, own, onReply }: Props) {
  const t = useT();
  const drafts = useQuery(draftsQuery);
  const draft = drafts.data
    ?.filter(isOpenDraft)
    .find(({ replyTo }) => messages.some(({ id }) => id === replyTo));
  const names = firstNames(answeree(message), t);
  const everyone = answerees(message, own);
  if (draft) {
    return (
      <div className={styles.box}>
        <button
          type="button"
          className={styles.main}
          data-quick-reply
          onClick={() => onReply(false)}
        >
          <Icon of={PenLine} />
          <span className={styles.draft}>{t("conversation.draft")}</span>
          <span className={styles.words}>{splitQuote(draft.text).own.trim() || draft.subject}</span>
        </button>
        <span className={styles.keys}>
          <Kbd keys="r" />
        </span>
      </div>
    );
  }
  return (
    <div className={styles.box}>
      <button type="button" className={styles.main} data-quick-reply onClick={() => onReply(false)}>
        <Icon of={CornerUpLeft} />
        <span className={styles.words}>{t("conversation.quick", { names })}</span>
      </button>
      {everyone.length > 1 ? (
        <Button size="small" variant="ghost" onClick={() => onReply(true)}>
          {t("conversation.quick.all")}
        </Button>
      ) : null}
      <span className={styles.keys}>
        <Kbd keys="r" />
      </span>
    </div>
  );
}
