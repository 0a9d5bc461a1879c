import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import type { NoteFileView } from "../../../api/bindings.ts";
import { api } from "../../../api/commands.ts";
import { noteFilesQuery } from "../../../api/team.ts";
import { useCommand } from "../../../api/use-command.ts";
import { tellSaved } from "../../../app/saved.ts";
import { IconButton } from "../../../components/IconButton.tsx";
import { useFormat, useT } from "../../../i18n/language.tsx";
import { kindOf } from "../../../mail/conversation/attachment-kind.ts";
import styles from "./NoteFiles.module.css";
import { fileAddress, shownAs } from "./target.ts";

/** What comes by itself when its note is shown, bytes: pictures, voice notes, most offers. */
const BY_ITSELF = 2 * 1024 * 1024;

/** The files a note names, with where they are. */
export function NoteFiles({ subject }: { subject: string }) {
  const t = useT();
  const files = useQuery(noteFilesQuery(subject));
  if (files.data === undefined || files.data.length === 0) return null;
  return (
    <ul className={styles.files} aria-label={t("team.files", { n: files.data.length })}>
      {files.data.map((file) => (
        <NoteFile key={file.sha256} file={file} />
      ))}
    </ul>
  );
}

function NoteFile({ file }: { file: NoteFileView }) {
  const t = useT();
  const { name, target, sha256, contentType, size } = file;
  const here = file.state === "local" || file.state === "uploading";
  const kind = kindOf(name, contentType);
  const shown = here ? shownAs(contentType) : null;
  const comes = !here && !file.wanted && size <= BY_ITSELF;
  useEffect(() => {
    // What fails here is tried again when the note is shown again, or by a click.
    if (comes) api.wantNoteFile(target).catch(() => undefined);
  }, [comes, target]);
  const open = useCommand({
    run: () => api.openNoteFile(name, target),
    failureTitle: "conversation.attachment.openFailed",
  });
  const save = useCommand({
    run: () => api.saveNoteFile(name, target),
    failureTitle: "conversation.attachment.saveFailed",
    onSuccess: (path) => tellSaved(path, t),
  });
  return (
    <li className={styles.file} data-state={file.state}>
      <div className={styles.line}>
        <button
          type="button"
          className={styles.open}
          aria-busy={open.isPending || undefined}
          onClick={() => open.mutate(undefined)}
        >
          {shown === "picture" ? (
            <img className={styles.picture} src={fileAddress(sha256, contentType)} alt="" />
          ) : (
            <span className={styles.kind} data-tone={kind.tone} aria-hidden>
              {kind.label}
            </span>
          )}
          <span className="visually-hidden">{t("conversation.attachment.open")}</span>
          <span className={styles.words}>
            <span className={styles.name} title={name}>
              {name}
            </span>
            <State file={file} coming={open.isPending || save.isPending} />
          </span>
        </button>
        <IconButton
          icon={Download}
          label={t("conversation.attachment.save", { name })}
          onClick={() => save.mutate(undefined)}
        />
      </div>
      {shown === "sound" ? <Sound file={file} /> : null}
    </li>
  );
}

/** Where it is, in words. */
function State({ file, coming }: { file: NoteFileView; coming: boolean }) {
  const t = useT();
  const format = useFormat();
  const size = format.bytes(file.size);
  const words = () => {
    if (file.state === "local") return size;
    if (file.state === "uploading") return t("team.files.uploading", { size });
    if (file.state === "waiting") {
      return file.byName === null
        ? t("team.files.waiting", { size })
        : t("team.files.waitingFor", { size, who: file.byName });
    }
    if (file.received > 0 || coming || file.wanted) {
      return t("team.files.coming", { size, part: format.bytes(file.received) });
    }
    return t("team.files.remote", { size });
  };
  return <span className={styles.state}>{words()}</span>;
}

/** A player. Its bytes are taken whole: the web view's player reads no addresses of ours, but what is in memory. */
function Sound({ file: { sha256, contentType, name } }: { file: NoteFileView }) {
  const t = useT();
  const [source, setSource] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let url: string | null = null;
    let gone = false;
    const take = async () => {
      const answer = await fetch(fileAddress(sha256, contentType));
      if (!answer.ok) throw new Error(String(answer.status));
      const bytes = await answer.blob();
      if (gone) return;
      url = URL.createObjectURL(new Blob([bytes], { type: contentType }));
      setSource(url);
    };
    take().catch(() => setFailed(!gone));
    return () => {
      gone = true;
      if (url !== null) URL.revokeObjectURL(url);
    };
  }, [sha256, contentType]);
  if (failed) return <span className={styles.state}>{t("team.files.silent")}</span>;
  if (source === null) return null;
  return (
    // biome-ignore lint/a11y/useMediaCaption: a colleague's spoken words have no captions.
    <audio
      className={styles.sound}
      controls
      preload="metadata"
      src={source}
      aria-label={name}
      onError={() => setFailed(true)}
    />
  );
}
