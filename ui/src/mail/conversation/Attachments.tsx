import { Download } from "lucide-react";
import type { Part } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { useCommand } from "../../api/use-command.ts";
import { IconButton } from "../../components/IconButton.tsx";
import { showToast } from "../../components/toasts.ts";
import { useFormat, useT } from "../../i18n/language.tsx";
import styles from "./Attachments.module.css";
import { kindOf } from "./attachment-kind.ts";

/** The files of a message, two in a row; a click opens one, the arrow keeps it in Downloads. */
export function Attachments({ message, parts }: { message: string; parts: Part[] }) {
  const t = useT();
  const files = parts.filter((part) => !part.inline);
  if (files.length === 0) return null;
  return (
    <ul className={styles.grid} aria-label={t("conversation.attachments", { n: files.length })}>
      {files.map((part) => (
        <Attachment key={part.n} message={message} part={part} />
      ))}
    </ul>
  );
}

function Attachment({ message, part }: { message: string; part: Part }) {
  const t = useT();
  const format = useFormat();
  const name = part.name.trim() || t("conversation.attachment.unnamed");
  const size = format.bytes(part.size);
  const kind = kindOf(name, part.contentType);
  const open = useCommand({
    run: () => api.openAttachment(message, part.n),
    failureTitle: "conversation.attachment.openFailed",
  });
  const save = useCommand({
    run: () => api.saveAttachment(message, part.n),
    failureTitle: "conversation.attachment.saveFailed",
    onSuccess: (path) =>
      showToast({ text: t("conversation.attachment.saved", { path }), action: null, seconds: 6 }),
  });
  return (
    <li className={styles.box}>
      <button type="button" className={styles.open} onClick={() => open.mutate(undefined)}>
        <span className={styles.kind} data-tone={kind.tone} aria-hidden="true">
          {kind.label}
        </span>
        <span className="visually-hidden">{t("conversation.attachment.open")}</span>
        <span className={styles.words}>
          <span className={styles.name} title={name}>
            {name}
          </span>
          <span className={styles.size}>{size}</span>
        </span>
      </button>
      <IconButton
        className={styles.save}
        icon={Download}
        label={t("conversation.attachment.save", { name })}
        onClick={() => save.mutate(undefined)}
      />
    </li>
  );
}
