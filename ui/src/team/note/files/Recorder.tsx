import { Mic } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "../../../components/Button.tsx";
import { IconButton } from "../../../components/IconButton.tsx";
import { useT } from "../../../i18n/language.tsx";
import { stamp } from "./adding.ts";
import styles from "./Recorder.module.css";
import { canRecord, clockOf, type Recording, record } from "./recording.ts";

/** Begins a voice note; says why where none can be made. */
export function RecordButton({ pressed, onPress }: { pressed: boolean; onPress: () => void }) {
  const t = useT();
  return (
    <IconButton
      icon={Mic}
      label={t("team.voice.record")}
      pressed={pressed}
      disabledReason={canRecord() ? null : t("team.voice.none")}
      onClick={onPress}
    />
  );
}

type Stage =
  | { kind: "asking" }
  | { kind: "recording"; seconds: number }
  | { kind: "heard"; sound: Blob; url: string; saving: boolean }
  | { kind: "failed"; why: string }
  | { kind: "silent" };

type Props = { onKeep: (files: File[]) => Promise<boolean>; onClose: () => void };

/** A voice note while it is spoken, and to be heard before it is kept. Nothing is kept until a person says so. */
export function Recorder({ onKeep, onClose }: Props) {
  const t = useT();
  const [stage, setStage] = useState<Stage>({ kind: "asking" });
  const live = useRef<Recording | null>(null);

  useEffect(() => {
    let gone = false;
    const listen = async () => {
      const recording = await record((seconds) =>
        setStage((now) => (now.kind === "recording" ? { ...now, seconds } : now)),
      );
      if (gone) return recording.cancel();
      live.current = recording;
      setStage({ kind: "recording", seconds: 0 });
      const sound = await recording.sound;
      if (gone) return;
      if (sound === null) return setStage({ kind: "silent" });
      setStage({ kind: "heard", sound, url: URL.createObjectURL(sound), saving: false });
    };
    listen().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      if (!gone) setStage({ kind: "failed", why });
    });
    return () => {
      gone = true;
      live.current?.cancel();
    };
  }, []);

  const url = stage.kind === "heard" ? stage.url : null;
  useEffect(() => () => (url === null ? undefined : URL.revokeObjectURL(url)), [url]);

  const keep = async (sound: Blob) => {
    setStage((now) => (now.kind === "heard" ? { ...now, saving: true } : now));
    const when = stamp(new Date());
    const name = `${t("team.voice.name", { when })}.wav`;
    const kept = await onKeep([new File([sound], name, { type: sound.type })]);
    if (kept) return onClose();
    setStage((now) => (now.kind === "heard" ? { ...now, saving: false } : now));
  };

  return (
    <fieldset className={styles.recorder} aria-label={t("team.voice")}>
      {stage.kind === "failed" || stage.kind === "silent" ? (
        <>
          <span className={styles.words} role="alert">
            {stage.kind === "silent"
              ? t("team.voice.nothing")
              : `${t("team.voice.failed")} ${stage.why}`}
          </span>
          <Button size="small" onClick={onClose}>
            {t("team.voice.cancel")}
          </Button>
        </>
      ) : null}
      {stage.kind === "asking" || stage.kind === "recording" ? (
        <>
          <span className={styles.dot} data-on={stage.kind === "recording"} aria-hidden />
          <span className={styles.words} role="timer">
            {t("team.voice.recording", {
              time: clockOf(stage.kind === "recording" ? stage.seconds : 0),
            })}
          </span>
          <Button size="small" onClick={onClose}>
            {t("team.voice.cancel")}
          </Button>
          <Button size="small" onClick={() => live.current?.stop()}>
            {t("team.voice.stop")}
          </Button>
        </>
      ) : null}
      {stage.kind === "heard" ? (
        <>
          {/* biome-ignore lint/a11y/useMediaCaption: one's own words, just spoken. */}
          <audio className={styles.sound} controls src={stage.url} aria-label={t("team.voice")} />
          <Button size="small" onClick={onClose}>
            {t("team.voice.discard")}
          </Button>
          <Button
            size="small"
            aria-busy={stage.saving || undefined}
            onClick={() => void keep(stage.sound)}
          >
            {t("team.voice.keep")}
          </Button>
        </>
      ) : null}
    </fieldset>
  );
}
