import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  CalendarDays,
  CircleAlert,
  CloudDownload,
  ImageOff,
  ListMinus,
  type LucideIcon,
  ShieldAlert,
  TriangleAlert,
} from "lucide-react";
import type { MessageBody as Body, MessageHead } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { reasonOf } from "../../api/failure.ts";
import { bodyQuery, keys } from "../../api/queries.ts";
import { useCommand } from "../../api/use-command.ts";
import { Button } from "../../components/Button.tsx";
import { AfterPatience, Bar } from "../../components/Skeleton.tsx";
import { type PlainKey, useT } from "../../i18n/language.tsx";
import { Attachments } from "./Attachments.tsx";
import type { LinkTarget } from "./frame-links.ts";
import { InfoBar } from "./InfoBar.tsx";
import { MailFrame } from "./MailFrame.tsx";
import styles from "./MessageBody.module.css";
import { PlainText } from "./PlainText.tsx";
import { nameOf, senderOf } from "./people.ts";

type Props = {
  thread: string;
  message: MessageHead;
  dark: boolean;
  images: boolean;
  onImages: () => void;
  onTarget: (target: LinkTarget | null) => void;
};

/** What a message says: bars about it, its text, its files. Loads itself. */
export function MessageBody(props: Props) {
  const { message } = props;
  if (!message.bodyHere) return <OnServer thread={props.thread} message={message.id} />;
  return <StoredBody {...props} />;
}

function StoredBody({ thread, message, dark, images, onImages, onTarget }: Props) {
  const t = useT();
  // A switch of colours or images keeps the text on screen until the other one is ready.
  const body = useQuery({
    ...bodyQuery(message.id, images, dark),
    placeholderData: keepPreviousData,
  });
  const open = useCommand({
    run: (href: string) => api.openLink(href),
    failureTitle: "conversation.link.failed",
  });
  if (body.isPending) return <AfterPatience>{<BodySkeleton />}</AfterPatience>;
  if (body.isError) {
    return (
      <InfoBar
        icon={CircleAlert}
        tone="red"
        actions={
          <Button size="small" variant="ghost" onClick={() => void body.refetch()}>
            {t("common.tryAgain")}
          </Button>
        }
      >
        {t("conversation.body.failed")} {reasonOf(body.error, t)}
      </InfoBar>
    );
  }
  const { html, text, quoted, attachments } = body.data;
  const links = { onOpen: (href: string) => open.mutate(href), onTarget };
  return (
    <>
      <Notices body={body.data} />
      <ImageBar message={message.id} body={body.data} images={images} onImages={onImages} />
      {html === null ? (
        <PlainText text={text} quoted={quoted} {...links} />
      ) : (
        <MailFrame
          html={html}
          title={t("conversation.frame", { name: nameOf(senderOf(message, t)) })}
          dark={dark}
          {...links}
        />
      )}
      <Attachments thread={thread} message={message.id} parts={attachments} />
    </>
  );
}

type ImageBarProps = { message: string; body: Body; images: boolean; onImages: () => void };

function ImageBar({ message, body, images, onImages }: ImageBarProps) {
  const t = useT();
  const client = useQueryClient();
  const trust = useCommand({
    run: () => api.trustSender(message),
    failureTitle: "conversation.images.failed",
    onSuccess: () => {
      onImages();
      // The sender's other messages change with it.
      void client.invalidateQueries({ queryKey: ["body"] });
    },
  });
  const blocked = body.blockedImages;
  const trackers = body.trackers.length;
  if (blocked === 0 && trackers === 0) return null;
  const parts = [
    blocked > 0 ? t("conversation.images.blocked", { n: blocked }) : null,
    trackers > 0 ? t("conversation.trackers", { n: trackers }) : null,
  ].filter((part) => part !== null);
  const short =
    blocked > 0
      ? t("conversation.images.short", { n: blocked })
      : t("conversation.trackers", { n: trackers });
  return (
    <InfoBar
      icon={ImageOff}
      short={short}
      actions={
        blocked === 0 || images ? undefined : (
          <>
            <Button
              size="small"
              variant="ghost"
              aria-label={t("conversation.images.showAll")}
              onClick={onImages}
            >
              {t("conversation.images.show")}
            </Button>
            <Button size="small" variant="ghost" onClick={() => trust.mutate(undefined)}>
              {t("conversation.images.always")}
            </Button>
          </>
        )
      }
    >
      <span title={body.trackers.join(", ")}>{parts.join(", ")}</span>
    </InfoBar>
  );
}

type NoticeKind = Body["notices"][number]["kind"];

const NOTICES: Record<
  NoticeKind,
  { icon: LucideIcon; tone: "plain" | "amber" | "blue"; title: PlainKey }
> = {
  invite: { icon: CalendarDays, tone: "blue", title: "conversation.notice.invite" },
  bounce: { icon: TriangleAlert, tone: "amber", title: "conversation.notice.bounce" },
  unsubscribe: { icon: ListMinus, tone: "plain", title: "conversation.notice.unsubscribe" },
  auth_failed: { icon: ShieldAlert, tone: "amber", title: "conversation.notice.auth" },
  defect: { icon: TriangleAlert, tone: "amber", title: "conversation.notice.defect" },
};

function Notices({ body }: { body: Body }) {
  const t = useT();
  return body.notices.map(({ kind, text }) => {
    const { icon, tone, title } = NOTICES[kind];
    return (
      <InfoBar key={`${kind} ${text}`} icon={icon} tone={tone}>
        <strong>{t(title)}.</strong> {kind === "defect" ? t.said(text) : text}
      </InfoBar>
    );
  });
}

function OnServer({ thread, message }: { thread: string; message: string }) {
  const t = useT();
  const load = useCommand({
    run: () => api.fetchBody(message),
    failureTitle: "conversation.missing.failed",
    stale: [keys.conversation(thread), keys.bodies(message)],
  });
  return (
    <InfoBar
      icon={CloudDownload}
      actions={
        <Button
          size="small"
          variant="ghost"
          disabledReason={load.isPending ? t("conversation.missing.loading") : null}
          onClick={() => load.mutate(undefined)}
        >
          {t(load.isPending ? "conversation.missing.loading" : "conversation.missing.load")}
        </Button>
      }
    >
      {t("conversation.missing")}
    </InfoBar>
  );
}

const LINES = ["34%", "92%", "88%", "60%"];

function BodySkeleton() {
  const t = useT();
  return (
    <div className={styles.skeleton} role="status" aria-label={t("common.loading")}>
      {LINES.map((width) => (
        <Bar key={width} width={width} />
      ))}
    </div>
  );
}
