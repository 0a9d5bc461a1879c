import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { useT } from "../../i18n/language.tsx";

/** Asks before words are deleted. */
export function AskDiscard(props: { open: boolean; onKeep: () => void; onDiscard: () => void }) {
  const t = useT();
  return (
    <Dialog
      open={props.open}
      onClose={props.onKeep}
      title={t("compose.discard.title")}
      description={t("compose.discard.text")}
      footer={
        <>
          <Button onClick={props.onKeep}>{t("compose.discard.keep")}</Button>
          <Button variant="danger" onClick={props.onDiscard}>
            {t("compose.discard")}
          </Button>
        </>
      }
    />
  );
}

/** Asks once when the subject is empty. */
export function AskSubject(props: { open: boolean; onBack: () => void; onSend: () => void }) {
  const t = useT();
  return (
    <Dialog
      open={props.open}
      onClose={props.onBack}
      title={t("compose.noSubject.title")}
      description={t("compose.noSubject.text")}
      footer={
        <>
          <Button onClick={props.onBack}>{t("compose.noSubject.back")}</Button>
          <Button variant="primary" onClick={props.onSend}>
            {t("compose.noSubject.send")}
          </Button>
        </>
      }
    />
  );
}
