import { type ReactNode, useId } from "react";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { useT } from "../../i18n/language.tsx";
import styles from "./Act.module.css";

type Props = {
  title: string;
  description?: string;
  busy: boolean;
  width?: number;
  onClose: () => void;
  onNext: () => void;
  children: ReactNode;
};

/** A form whose yes is only a look: what is written is shown before it is. */
export function FormDialog({ title, description, busy, width, onClose, onNext, children }: Props) {
  const t = useT();
  const form = useId();
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      {...(width === undefined ? {} : { width })}
      {...(description === undefined ? {} : { description })}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            type="submit"
            form={form}
            variant="primary"
            disabledReason={busy ? t("act.asking") : null}
          >
            {t("act.next")}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) onNext();
        }}
      >
        {children}
      </form>
    </Dialog>
  );
}
