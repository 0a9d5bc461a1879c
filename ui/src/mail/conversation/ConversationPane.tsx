import { useQuery } from "@tanstack/react-query";
import { MailOpen } from "lucide-react";
import { memo } from "react";
import type { Onward } from "../../actions/threads.ts";
import type { Scope } from "../../api/bindings.ts";
import { Failure, reasonOf } from "../../api/failure.ts";
import { conversationQuery } from "../../api/queries.ts";
import { Standing } from "../../app/standing.tsx";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { AfterPatience, Bar } from "../../components/Skeleton.tsx";
import { useT } from "../../i18n/language.tsx";
import { Conversation } from "./Conversation.tsx";
import { ConversationHeader } from "./ConversationHeader.tsx";
import styles from "./ConversationPane.module.css";

type Props = {
  threadId: string | null;
  /** The list it was opened from. */
  scope: Scope;
  /** Where to go from here: the next thread, the one before, or back to the list. */
  onDone: (next: Onward) => void;
};

/** The open thread, or what stands in its place. */
export function ConversationPane({ threadId, onDone }: Props) {
  const t = useT();
  return (
    <section
      className={styles.pane}
      aria-label={t("conversation.label")}
      data-focus-home
      tabIndex={-1}
    >
      {threadId === null ? null : <ConversationHeader onDone={onDone} />}
      <Standing
        thread={threadId}
        none={<Empty title={t("conversation.empty.title")} hint={t("conversation.empty.hint")} />}
      >
        {(thread) => <OpenThread thread={thread} />}
      </Standing>
    </section>
  );
}

const OpenThread = memo(function OpenThread({ thread }: { thread: string }) {
  const t = useT();
  const conversation = useQuery(conversationQuery(thread));
  if (conversation.isPending) {
    return (
      <AfterPatience>
        <Skeleton />
      </AfterPatience>
    );
  }
  if (conversation.isError && !conversation.data) {
    if (conversation.error instanceof Failure && conversation.error.code === "not_found") {
      return <Empty title={t("conversation.gone.title")} hint={t("conversation.gone.hint")} />;
    }
    return (
      <div className={styles.failed}>
        <Banner
          tone="red"
          action={
            <Button size="small" onClick={() => void conversation.refetch()}>
              {t("common.tryAgain")}
            </Button>
          }
        >
          <strong>{t("conversation.failed.title")}</strong> {reasonOf(conversation.error, t)}{" "}
          {t("conversation.failed.safe")}
        </Banner>
      </div>
    );
  }
  if (conversation.data.messages.length === 0) {
    return <Empty title={t("conversation.gone.title")} hint={t("conversation.gone.hint")} />;
  }
  return <Conversation conversation={conversation.data} />;
});

function Empty({ title, hint }: { title: string; hint: string }) {
  return (
    <div className={styles.empty} data-pane-focus tabIndex={-1}>
      <span className={styles.picture}>
        <Icon of={MailOpen} size={20} />
      </span>
      <p className={styles.emptyTitle}>{title}</p>
      <p className={styles.hint}>{hint}</p>
    </div>
  );
}

function Skeleton() {
  const t = useT();
  return (
    <div className={styles.skeleton} role="status" aria-label={t("common.loading")}>
      <Bar width="56%" />
      <div className={styles.skeletonRow}>
        <Bar width={24} />
        <Bar width="24%" />
        <Bar width="40%" />
      </div>
      <Bar width="30%" />
      <Bar width="94%" />
      <Bar width="88%" />
      <Bar width="62%" />
    </div>
  );
}
