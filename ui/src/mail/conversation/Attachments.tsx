import { BookUp2, Download } from "lucide-react";
import { useState } from "react";
import type { Part } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { useCommand } from "../../api/use-command.ts";
import { tellSaved } from "../../app/saved.ts";
import { IconButton } from "../../components/IconButton.tsx";
import { AttachDialog } from "../../customer/act/AttachDialog.tsx";
import { useDossier } from "../../customer/use-dossier.ts";
import { useFormat, useT } from "../../i18n/language.tsx";
import styles from "./Attachments.module.css";
import { kindOf } from "./attachment-kind.ts";

/** The files of a message, two in a row; a click opens one, the arrow keeps it in Downloads. */
export function Attachments(props: { thread: string; message: string; parts: Part[] }) {
  const { thread, message, parts } = props;
  const t = useT();
  const { data: dossier } = useDossier(thread);
  const files = parts.filter((part) => !part.inline);
  if (files.length === 0) return null;
  return (
    <ul className={styles.grid} aria-label={t("conversation.attachments", { n: files.length })}>
      {files.map((part) => (
        <Attachment
          key={part.n}
          message={message}
          part={part}
          erp={dossier?.customer ? thread : null}
        />
      ))}
    </ul>
  );
}

type Props = {
  message: string;
  part: Part;
  /** The conversation, where it is with a customer of the ERP. */
  erp: string | null;
};

function Attachment({ message, part, erp }: Props) {
  const t = useT();
  const format = useFormat();
  const [attaching, setAttaching] = useState(false);
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
    onSuccess: (path) => tellSaved(path, t),
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
      {erp === null ? null : (
        <IconButton
          className={styles.erp}
          icon={BookUp2}
          label={t("act.attach", { name })}
          onClick={() => setAttaching(true)}
        />
      )}
      {attaching && erp !== null ? (
        <AttachDialog
          thread={erp}
          message={message}
          part={part.n}
          name={name}
          onClose={() => setAttaching(false)}
        />
      ) : null}
      <IconButton
        className={styles.save}
        icon={Download}
        label={t("conversation.attachment.save", { name })}
        onClick={() => save.mutate(undefined)}
      />
    </li>
  );
}
